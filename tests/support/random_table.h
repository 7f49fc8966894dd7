// SPDX-License-Identifier: Apache-2.0
// Tables of machines that do not exist, to hold the governor to its promises where nobody tuned it.
#pragma once

#include <cstdint>

#include "controller/core/simulate/table.h"

namespace pagefare::test {

/// What is unusual about a generated machine.
enum class Oddity : std::uint8_t {
  kNone,
  kBumpy,       ///< single counts much better or worse than their neighbours
  kFlatThenUp,  ///< no gain until the last count, as with threads packed into one cache
  kKernelBest,  ///< nothing beats the unmodified kernel
  kTies,        ///< all counts from some point on yield exactly the same
  kHoles,       ///< a third of the rows is missing, the kernel's among them
};
inline constexpr int kOddities = 6;

/// Universal-scalability curves with random coefficients per machine, varied per class; often with
/// a DMA engine whose single channel may be slower than a CPU.
simulate::Table random_table(Oddity oddity, std::uint64_t seed);

}  // namespace pagefare::test
