// SPDX-License-Identifier: Apache-2.0
#include "controller/core/simulate/rival.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "controller/core/simulate/dice.h"

namespace pagefare::simulate {
namespace {

struct Arm {
  double sum = 0.0;
  double plays = 0.0;
  double mean() const { return plays > 0.0 ? sum / plays : 0.0; }
};
using Arms = std::vector<Arm>;
using Classes = std::vector<steer::CopyClass>;

/// Arms per set of classes.
struct Bandit {
  const Machine* machine;
  std::map<Classes, Arms> arms;

  Arms& learn(const steer::View& view) {
    Classes classes;
    double bytes = 0.0;
    double time = 0.0;
    for (const steer::ClassSample& sample : view.samples) {
      classes.push_back(sample.copy_class);
      bytes += static_cast<double>(sample.bytes.value);
      time += static_cast<double>(sample.copy.count());
    }
    Arms& here = arms[classes];
    here.resize(machine->space().size());
    Arm& used = here[machine->space().find(view.measured_at).value_or(0)];
    used.sum += bytes / time;
    used.plays += 1.0;
    return here;
  }

  steer::Knobs write(const steer::View& view, std::size_t arm) const {
    steer::Knobs knobs = view.knobs;
    const steer::Setting setting = machine->space().at(arm);
    knobs.engine = setting.engine;
    if (setting.engine != steer::Engine::kKernel) {
      knobs.count(setting.engine) = setting.workers;
    }
    return knobs;
  }
};

}  // namespace

Driver ucb(const Machine& machine) {
  auto bandit = std::make_shared<Bandit>(Bandit{&machine, {}});
  return [bandit](const steer::View& view) {
    const Arms& arms = bandit->learn(view);
    double plays = 0.0;
    double best = 0.0;
    for (const Arm& arm : arms) {
      plays += arm.plays;
      best = std::max(best, arm.mean());
    }
    constexpr double kWidth = 0.1;  // of one sample, as a share of the best
    const auto bound = [&](const Arm& arm) {
      return arm.plays == 0.0
                 ? 1e300
                 : arm.mean() + kWidth * best * std::sqrt(2.0 * std::log(plays) / arm.plays);
    };
    const auto chosen = std::ranges::max_element(arms, {}, bound);
    return bandit->write(view, static_cast<std::size_t>(chosen - arms.begin()));
  };
}

Driver epsilon_greedy(const Machine& machine, double epsilon, std::uint64_t seed) {
  auto bandit = std::make_shared<Bandit>(Bandit{&machine, {}});
  auto dice = std::make_shared<Dice>(seed);
  return [bandit, dice, epsilon](const steer::View& view) {
    const Arms& arms = bandit->learn(view);
    const auto untried = std::ranges::find(arms, 0.0, &Arm::plays);
    if (untried != arms.end()) {
      return bandit->write(view, static_cast<std::size_t>(untried - arms.begin()));
    }
    if (dice->uniform() < epsilon) {
      return bandit->write(view, dice->below(arms.size()));
    }
    const auto best = std::ranges::max_element(arms, {}, &Arm::mean);
    return bandit->write(view, static_cast<std::size_t>(best - arms.begin()));
  };
}

}  // namespace pagefare::simulate
