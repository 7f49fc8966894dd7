// SPDX-License-Identifier: Apache-2.0
#include "controller/core/simulate/workload.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "controller/core/simulate/dice.h"

namespace pagefare::simulate {
namespace {

constexpr std::uint32_t kDriftPeriods = 100;
constexpr std::size_t kLeastPhases = 4;
constexpr std::uint64_t kWorkloadStream = 0x5EEDULL << 32U;

std::vector<std::size_t> shuffled_classes(const Machine& machine, Dice& dice) {
  std::vector<std::size_t> order(machine.classes().size());
  std::iota(order.begin(), order.end(), 0U);
  dice.shuffle(order);
  return order;
}

Mixture random_shares(const std::vector<std::size_t>& classes, Dice& dice) {
  Mixture mixture;
  double total = 0.0;
  for (const std::size_t one : classes) {
    mixture.push_back({one, 0.1 + dice.uniform()});
    total += mixture.back().share;
  }
  for (ClassShare& one : mixture) {
    one.share /= total;
  }
  return mixture;
}

Phase drift_phase(std::size_t one, const char* event, const Condition& begin,
                  const Condition& end) {
  Phase phase{event, kDriftPeriods, {{one, 1.0}}, begin, end};
  if (end.cores < Condition{}.cores) {
    phase.available_cpus = end.cores;
  }
  return phase;
}

}  // namespace

Condition condition_at(const Phase& phase, std::uint32_t period) {
  if (phase.begin == phase.end || phase.periods < 2) {
    return phase.begin;
  }
  const double along = static_cast<double>(period) / (phase.periods - 1);
  Condition now = phase.begin;
  now.bandwidth += along * (phase.end.bandwidth - phase.begin.bandwidth);
  now.dma_health += along * (phase.end.dma_health - phase.begin.dma_health);
  return now;
}

Workload default_workload(const Machine& machine, std::uint64_t seed) {
  Dice dice(seed ^ kWorkloadStream);
  Workload workload;
  for (const std::size_t one : shuffled_classes(machine, dice)) {
    workload.push_back({"", 200, {{one, 1.0}}, {}, {}});
  }
  return workload;
}

Workload mixed_workload(const Machine& machine, std::uint64_t seed) {
  Dice dice(seed ^ kWorkloadStream);
  Workload workload;
  const std::size_t phases = std::max(kLeastPhases, machine.classes().size());
  std::vector<std::size_t> classes;
  for (std::size_t i = 0; i < phases; ++i) {
    const bool new_classes = i % 2 == 0;
    if (new_classes) {
      classes = shuffled_classes(machine, dice);
      classes.resize(std::min(classes.size(), 2 + dice.below(4)));
    }
    workload.push_back({new_classes ? "other classes" : "other shares",
                        200,
                        random_shares(classes, dice),
                        {},
                        {}});
  }
  return workload;
}

Workload drift_workload(const Machine& machine, std::uint64_t seed) {
  Dice dice(seed ^ kWorkloadStream);
  const Condition well;
  Condition crowded;
  crowded.bandwidth = 0.5;
  Condition decayed;
  decayed.dma_health = 0.5;
  Condition fewer;
  const std::uint32_t most = machine.most_workers(steer::Engine::kThreads);
  fewer.cores = std::max(1U, most / 4);
  Workload workload;
  for (const std::size_t one : shuffled_classes(machine, dice)) {
    workload.push_back(drift_phase(one, "undisturbed", well, well));
    workload.push_back(
        drift_phase(one, "a neighbour takes half of the bandwidth", crowded, crowded));
    workload.push_back(drift_phase(one, "the neighbour is gone", well, well));
    if (most > 1) {
      workload.push_back(drift_phase(one, "cores disappear", fewer, fewer));
      workload.push_back(drift_phase(one, "the cores are back", well, well));
    }
    if (machine.has_engine(steer::Engine::kDma)) {
      workload.push_back(drift_phase(one, "the DMA engine decays to half", well, decayed));
    }
  }
  return workload;
}

}  // namespace pagefare::simulate
