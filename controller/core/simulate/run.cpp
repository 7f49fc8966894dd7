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
constexpr double kOutlierScale = 3.0;
constexpr double kWanderMemory = 0.97;

/// How measured rates depart from the true ones. What a play does not ask for costs no dice, so its
/// runs do not depend on what others may ask for.
class Air {
 public:
  Air(const Play& play, Dice& dice) : noise_(play.noise), weather_(play.weather), dice_(dice) {}

  void begin_period() {
    if (weather_.wander > 0.0) {
      level_ = kWanderMemory * level_ + weather_.wander * dice_.normal();
    }
    stray_ = weather_.strays > 0.0 && dice_.uniform() < weather_.strays;
  }
  double log_error() {
    const bool outlier = weather_.outliers > 0.0 && dice_.uniform() < weather_.outliers;
    return level_ + (outlier ? kOutlierScale : 1.0) * noise_ * dice_.normal();
  }
  steer::CopyClass seen_as(steer::CopyClass copy_class) const {
    copy_class.folios =
        stray_ ? std::max<std::uint64_t>(copy_class.folios / 2, 1) : copy_class.folios;
    return copy_class;
  }

 private:
  double noise_;
  Weather weather_;
  Dice& dice_;
  double level_ = 0.0;
  bool stray_ = false;
};

/// What the governor would measure in one period.
std::vector<steer::ClassSample> measure(const Machine& machine, const Mixture& mixture,
                                        steer::Setting setting, const Condition& condition,
                                        Air& air) {
  std::vector<steer::ClassSample> samples;
  air.begin_period();
  const double bytes = machine.rate(mixture, setting, condition) * kPeriodNs;
  for (const ClassShare& one : mixture) {
    const double rate = machine.rate(one.class_index, setting, condition);
    const double copy = one.share * bytes / (rate * std::exp(air.log_error()));
    steer::ClassSample sample;
    sample.copy_class = air.seen_as(machine.classes()[one.class_index]);
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
  Air air(play, dice);
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
      view.samples = measure(machine, phase.mixture, setting, condition, air);
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
