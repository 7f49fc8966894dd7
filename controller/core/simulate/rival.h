// SPDX-License-Identifier: Apache-2.0
// Simple drivers to compare the governor with.
#pragma once

#include <cstdint>

#include "controller/core/simulate/run.h"

namespace pagefare::simulate {

/// UCB1 per mix of classes on throughput as a share of the best seen, no sharing between classes,
/// no limits on writing. Every setting is tried once.
Driver ucb(const Machine& machine);
/// With probability `epsilon` any setting, else the best mean of the mix so far.
Driver epsilon_greedy(const Machine& machine, double epsilon, std::uint64_t seed);

}  // namespace pagefare::simulate
