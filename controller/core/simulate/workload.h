// SPDX-License-Identifier: Apache-2.0
// What the pretended machine is asked to do: phases of a mixture of classes in a condition.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/simulate/machine.h"

namespace pagefare::simulate {

struct Phase {
  std::string event;  ///< in words, for the report
  std::uint32_t periods = 200;
  Mixture mixture;
  Condition begin;  ///< at its first period
  Condition end;    ///< at its last; between them health and bandwidth change evenly
  /// CPUs that are idle or busy with copying. Threads beyond it take CPUs from others.
  double available_cpus = 1e9;
  double stalled = 0.0;
};
using Workload = std::vector<Phase>;

/// The condition at one period of a phase.
Condition condition_at(const Phase& phase, std::uint32_t period);

/// Every class once, in random order, 200 periods each.
Workload default_workload(const Machine& machine, std::uint64_t seed);
/// As many phases as there are classes (at least four): two to five classes at once. Every other
/// phase keeps the classes and changes only their shares.
Workload mixed_workload(const Machine& machine, std::uint64_t seed);
/// Every class in random order, each through: undisturbed, a neighbour takes half of the
/// bandwidth, the neighbour is gone, three quarters of the cores disappear, the cores are back, the
/// DMA engine decays to half; 100 periods each. Without a DMA engine there is no decay.
Workload drift_workload(const Machine& machine, std::uint64_t seed);

}  // namespace pagefare::simulate
