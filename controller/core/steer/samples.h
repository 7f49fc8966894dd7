// SPDX-License-Identifier: Apache-2.0
// From a window of what was observed to the governor's samples: one per folio size, batch size and
// reason.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "controller/core/steer/view.h"
#include "controller/core/window.h"

namespace pagefare::steer {

/// What stands for the time of copying. One kind for all settings, or they cannot be compared.
enum class Timing : std::uint8_t {
  /// Time between entry and return of the kernel's copy function, asleep too: an engine that is
  /// called through it copies then. Precise layer only.
  kCopyFunction,
  /// All of migrate_pages(), asleep too: where the copy function is not seen, or the engine does
  /// not come through it. What is not copying in it makes settings look more alike than they are.
  kWholeCall,
};
std::string_view name(Timing timing);

/// Bytes that were timed inside the copy function, and all bytes of folios that were seen.
struct TimedShare {
  Bytes timed;
  Bytes seen;
};
TimedShare timed_share(const Window& window);

struct SampleTerms {
  std::uint64_t page_size = 4096;
  Timing timing = Timing::kWholeCall;
  std::uint32_t admitted = ~0U;  ///< 1 << reason: the others do not use the engine, so are left out
};

inline constexpr std::size_t kMaxSampledClasses = 64;

/// Remembers how large the batches of each kind were, so that a kind whose mean is near the border
/// of two classes does not change between them from period to period.
class Sampler {
 public:
  /// The classes with most bytes, at most kMaxSampledClasses, in their order. Folios per call are
  /// the mean of a (caller, reason), rounded to a power of two. CPU time of workers and time of DMA
  /// channels are known per (caller, reason) and shared out by the time that the callers slept in
  /// the copy, or by bytes where none slept.
  std::vector<ClassSample> sample(const Window& window, const SampleTerms& terms);

 private:
  using Group = std::tuple<Initiator, MigrateReason, std::uint8_t>;
  std::uint32_t batch_bits(const Group& group, double folios_per_call);

  std::map<Group, std::uint32_t> batch_bits_;
};

/// CPU time of copying in this window, callers' and workers'.
Nanoseconds copying_cpu(const Window& window, Timing timing);

}  // namespace pagefare::steer
