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
  kZigzag,      ///< every other count is a third slower than its neighbours
  kPeak,        ///< best at some count in the middle, a quarter less per doubling away from it
  kDmaFlips,    ///< DMA is much better for some classes and much worse for others
  kUnrelated,   ///< what is best for one class says nothing about the next
  kNoKernel,    ///< the unmodified kernel was not measured
};
inline constexpr int kOddities = 11;

/// Universal-scalability curves with random coefficients per machine, varied per class; often with
/// a DMA engine whose single channel may be slower than a CPU.
simulate::Table random_table(Oddity oddity, std::uint64_t seed);

}  // namespace pagefare::test
