// SPDX-License-Identifier: Apache-2.0
// Those who watch migrations, pagefare and its rivals, behind one shape: start, then stop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/ports/result.h"

namespace pagefare::bench {

/// What a watcher says when it is stopped.
struct Watched {
  Pages pages;                  ///< as it counted them; 0 when it does not count
  Nanoseconds consumer_cpu{0};  ///< CPU time of the thread that takes its records, if it has one
};

/// Watches from its creation until stop() or, after a failure, until it is destroyed.
class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  Watcher(Watcher&&) = delete;
  Watcher& operator=(Watcher&&) = delete;
  virtual ~Watcher() = default;

  /// Ends the watching; nothing of it is left in the kernel. Called once.
  virtual Result<Watched> stop() = 0;
};

struct Variant {
  std::string name;
  std::string what;  ///< one line for the report
  std::function<Result<std::unique_ptr<Watcher>>()> start;
  std::string missing;  ///< why it cannot be run here; empty: it can
};

/// Nobody watches: what the others are compared with.
inline constexpr const char* kNone = "none";
inline constexpr const char* kPagefare = "pagefare";
inline constexpr const char* kRingbuf = "ringbuf";

/// pagefare's portable layer with full attribution, in this process.
Variant pagefare_variant();
/// Empty programs on the hooks of the portable layer: the price of being called at all.
Variant empty_variant();
/// A ring-buffer record for each page, taken by a thread; `wake` as libbpf does by default, or
/// never (then the thread looks every ten milliseconds).
Variant ringbuf_variant(bool wake);
/// count.bt in bpftrace.
Variant bpftrace_variant();
/// perf trace of every migrate event, its text counted by a thread.
Variant perf_trace_variant();
/// perf record of every migrate event, nothing kept.
Variant perf_record_variant();

/// All of them, `none` first.
std::vector<Variant> all_variants();

}  // namespace pagefare::bench
