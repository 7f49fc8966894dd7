// SPDX-License-Identifier: Apache-2.0
#include "controller/core/simulate/run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "controller/core/simulate/dice.h"

namespace pagefare::simulate {
namespace {

using steer::Engine;

constexpr double kPeriodNs = 1e9;

/// What the governor would measure in one period.
std::vector<steer::ClassSample> measure(const Machine& machine, const Mixture& mixture,
                                        steer::Setting setting, const Condition& condition,
                                        double noise, Dice& dice) {
  std::vector<steer::ClassSample> samples;
  const double bytes = machine.rate(mixture, setting, condition) * kPeriodNs;
  for (const ClassShare& one : mixture) {
    const double rate = machine.rate(one.class_index, setting, condition);
    const double copy = one.share * bytes / (rate * std::exp(noise * dice.normal()));
    steer::ClassSample sample;
    sample.copy_class = machine.classes()[one.class_index];
    sample.bytes.value = static_cast<std::uint64_t>(one.share * bytes);
    sample.copy = Nanoseconds(static_cast<std::int64_t>(copy));
    sample.move = sample.copy;
    sample.cpu = Nanoseconds(
        static_cast<std::int64_t>(copy * machine.busy_cpus(one.class_index, setting, condition)));
    sample.dma = setting.engine == Engine::kDma ? sample.copy : Nanoseconds::zero();
    samples.push_back(sample);
  }
  return samples;
}

}  // namespace

steer::Knobs boot_knobs(const Machine& machine) {
  steer::Knobs knobs;
  for (const Engine engine : {Engine::kThreads, Engine::kDma}) {
    const std::vector<std::uint32_t> counts = machine.space().counts(engine);
    if (counts.empty()) {
      continue;
    }
    const auto above = std::ranges::upper_bound(counts, knobs.count(engine));
    knobs.count(engine) = above == counts.begin() ? counts.front() : *(above - 1);
  }
  return knobs;
}

std::vector<PeriodRecord> play(const Play& play, const Driver& driver) {
  const Machine& machine = *play.machine;
  Dice dice(play.seed);
  steer::Knobs knobs = boot_knobs(machine);
  std::vector<PeriodRecord> records;
  steer::View view;
  for (std::size_t index = 0; index < play.workload->size(); ++index) {
    const Phase& phase = (*play.workload)[index];
    for (std::uint32_t period = 0; period < phase.periods; ++period) {
      const Condition condition = condition_at(phase, period);
      const steer::Setting setting = knobs.active();
      const steer::Setting oracle = machine.best(phase.mixture, condition);
      PeriodRecord record{index,
                          setting,
                          oracle,
                          machine.rate(phase.mixture, setting, condition),
                          machine.rate(phase.mixture, oracle, condition),
                          machine.cpu_s_per_gb(phase.mixture, setting, condition)};
      view.samples = measure(machine, phase.mixture, setting, condition, play.noise, dice);
      view.measured_at = setting;
      view.knobs = knobs;
      view.cpu = {phase.available_cpus, phase.stalled};
      const steer::Knobs next = driver(view);
      record.writes = steer::writes_between(knobs, next);
      knobs = next;
      records.push_back(record);
      ++view.period;
    }
  }
  return records;
}

std::vector<PeriodRecord> play_governor(const Play& what, steer::Governor governor,
                                        std::vector<steer::Decision>* decisions) {
  return play(what, [&](const steer::View& view) {
    steer::Decision decision = governor.decide(view);
    const steer::Knobs write = decision.write;
    if (decisions != nullptr && decision.rule != steer::Rule::kHold) {
      decisions->push_back(std::move(decision));
    }
    return write;
  });
}

}  // namespace pagefare::simulate
