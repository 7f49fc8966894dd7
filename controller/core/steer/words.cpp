// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/words.h"

#include <algorithm>
#include <cmath>

#include "controller/core/steer/digits.h"

namespace pagefare::steer {
namespace {

std::string_view verdict(const Circumstances& around, std::size_t setting) {
  if (setting == around.target) {
    return "chosen";
  }
  const Setting wanted = around.knowledge.space().at(setting);
  if (std::ranges::find(around.usable, setting) == around.usable.end()) {
    return wanted.engine == Engine::kThreads && wanted.workers > around.worker_cap + 0.1
               ? "more workers than CPUs are idle"
               : "somebody else holds a knob it needs";
  }
  const Gap gap = around.outlook.gap(setting, around.target);
  const double sd = std::sqrt(gap.variance);
  if (gap.mean + 2.0 * sd < 0.0) {
    return "slower";
  }
  if (gap.mean - 2.0 * sd > 0.0) {
    return "faster, but dearer or not yet due";
  }
  return "not known to be better";
}

std::string gain(const Circumstances& around) {
  const double ratio = std::exp(around.outlook.gap(around.target, around.current).mean) - 1.0;
  return signed_percent(ratio) + " throughput, " +
         rounded(around.outlook.cpu_s_per_gb(around.target), 3) + " instead of " +
         rounded(around.outlook.cpu_s_per_gb(around.current), 3) + " CPU s/GB expected";
}

std::string sentence(const Circumstances& around, const Decision& decision) {
  const std::string from = describe(decision.from);
  const std::string to = describe(decision.target);
  switch (decision.rule) {
    case Rule::kHold:
      return "stay at " + from + ": nothing is known to be better";
    case Rule::kExplore:
      if (from == to) {
        return "measure " + to + " for some periods more before it is judged";
      }
      return "try " + to + ": what it does here is not known well enough (" + gain(around) + ")";
    case Rule::kImprove:
    case Rule::kRecover:
      return "from " + from + " to " + to + ": " + gain(around);
    case Rule::kThrift:
      return "from " + from + " to " + to + " to save CPU time: " + gain(around);
    case Rule::kPressure:
      return (from == to ? "stay at " + from : "from " + from + " to " + to) + ": only " +
             fixed(around.worker_cap, 1) + " CPUs are idle";
    case Rule::kGuard:
      return "leave copying to the unmodified kernel, nothing that may be used beats it: " +
             gain(around);
    case Rule::kHeld:
      return "stay at " + from + ": the knobs are held by somebody else";
    case Rule::kIdle:
    case Rule::kFloor:
      break;
  }
  return decision.sentence;
}

std::vector<ClassLoss> losses(const Circumstances& around) {
  std::vector<ClassLoss> all;
  for (const auto& [copy_class, share] : around.mix.shares()) {
    const ClassKnowledge* known = around.knowledge.find(copy_class);
    if (known == nullptr) {
      continue;
    }
    std::size_t best = around.target;
    for (const std::size_t setting : around.usable) {
      best = known->belief.mean(setting) > known->belief.mean(best) ? setting : best;
    }
    const double ratio = std::exp(known->belief.mean(around.target) - known->belief.mean(best));
    all.push_back({copy_class, around.knowledge.space().at(best), 1.0 - ratio});
  }
  return all;
}

}  // namespace

std::size_t one_worker(const SettingSpace& space) {
  return space.find({Engine::kThreads, 1}).value_or(0);
}

void put_in_words(const Circumstances& around, Decision& decision) {
  decision.sentence = sentence(around, decision);
  const SettingSpace& space = around.knowledge.space();
  for (std::size_t i = 0; i < space.size(); ++i) {
    const double uncertainty = std::sqrt(around.outlook.gap(i, around.target).variance);
    decision.considered.push_back({space.at(i), std::exp(around.outlook.log_rate(i)), uncertainty,
                                   around.outlook.cpu_s_per_gb(i), around.outlook.samples(i),
                                   verdict(around, i)});
  }
  decision.losses = losses(around);
}

}  // namespace pagefare::steer
