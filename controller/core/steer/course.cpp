// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/course.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace pagefare::steer {
namespace {

// What a move or a trial must promise over the horizon, in periods' worth of work.
constexpr double kMoveInSearch = 0.5;
constexpr double kMoveWhenCalm = 1.5;
constexpr double kTrialInSearch = 0.1;
constexpr double kTrialWhenCalm = 0.2;
constexpr double kMostLossWhenCalm =
    0.25;  ///< share of throughput that a trial may be expected to lose

constexpr double kLittleRisk = 0.05;        ///< log throughput, against the unmodified kernel
constexpr double kTurnBack = 0.05;          ///< log throughput by which a destination was overrated
constexpr double kNoAccident = 3.0;         ///< standard deviations; less may be one noisy sample
constexpr std::uint32_t kLateInSearch = 5;  ///< periods before its end: no time to come back
constexpr double kHomeAdvantage = 0.03;     ///< log throughput
constexpr double kHomeDoubt = 1.5;          ///< standard deviations
constexpr std::uint64_t kAnyLength = 1U << 30U;
constexpr std::uint64_t kBetweenCapSearches = 30;
constexpr std::uint32_t kPatience =
    12;  ///< periods that a move may take, engine and count together

int doublings(std::uint32_t workers) {
  return static_cast<int>(std::bit_width(workers));
}

/// Periods that going to a setting and back to the present one take.
std::uint32_t there_and_back(const Knobs& knobs, Setting setting) {
  if (setting.engine == Engine::kKernel) {
    return 2;
  }
  const int away = std::abs(doublings(knobs.count(setting.engine)) - doublings(setting.workers));
  const auto steps = static_cast<std::uint32_t>(std::max(1, away));
  return setting.engine == knobs.engine ? 2 * steps : steps + 1;
}

}  // namespace

void Course::notice(const Notice& notice, std::size_t current, std::uint64_t period,
                    const Manners& manners, Accounts& accounts) {
  // Idle CPUs come and go; not every time is worth a search.
  const bool other_cap = notice.other_cap && period >= cap_search_at_ + kBetweenCapSearches;
  if (other_cap) {
    cap_search_at_ = period;
  }
  if (notice.other_mix) {
    home_.reset();
  } else if (notice.surprise > 0.0 && !searching(period)) {
    home_ = current;
  }
  if (notice.surprise > 0.0 || notice.other_mix || other_cap) {
    // What changes all the time is searched as often as the account allows, or it never ends.
    const std::uint64_t until = period + manners.search_periods;
    const std::uint64_t more = until - std::max(search_until_, period);
    if (!accounts.pay_for_search(static_cast<double>(more))) {
      return;
    }
    search_until_ = until;
    search_open_ = true;
    trial_.reset();
    journey_.reset();
  }
}

bool Course::rested(const Scene& scene) const {
  return search_open_ || scene.view.period >= moved_at_ + scene.manners.dwell_periods;
}

/// Late in a search there is no time to find out that one bad sample was an accident.
bool Course::may_be_accident(const Scene& scene, Gap ahead) const {
  return search_open_ && scene.view.period + kLateInSearch >= search_until_ &&
         scene.view.period < moved_at_ + 2 && ahead.mean < kNoAccident * std::sqrt(ahead.variance);
}

std::size_t Course::prefer(const Scene& scene) const {
  if (journey_ && scene.may_use(journey_->target) && scene.view.period < journey_->until &&
      (!search_open_ || scene.worth.gap(journey_->target, scene.best).mean > -kTurnBack)) {
    return journey_->target;
  }
  if (!scene.may_use(scene.current) || scene.best == scene.current) {
    return scene.best;
  }
  const Gap ahead = scene.worth.gap(scene.best, scene.current);
  if (!rested(scene) || may_be_accident(scene, ahead)) {
    return scene.current;
  }
  if (scene.thrifty()) {
    return scene.best;  // best_for_thrift keeps the current setting where that is as good
  }
  // After a change of the machine many settings may have become equal, as when a neighbour leaves
  // the same bandwidth for all. Which was best before says which will be best after.
  if (home_ && scene.may_use(*home_)) {
    const Gap behind = scene.worth.gap(*home_, scene.best);
    if (behind.mean > -std::max(kHomeAdvantage, kHomeDoubt * std::sqrt(behind.variance))) {
      return *home_;
    }
  }
  const double needed = searching(scene.view.period) ? kMoveInSearch : kMoveWhenCalm;
  const double promised = scene.manners.horizon * (ahead.mean - ahead.variance / 2.0);
  return promised > needed ? scene.best : scene.current;
}

TrialTerms Course::terms(const Scene& scene, std::size_t preferred) const {
  const bool search = searching(scene.view.period);
  const std::uint32_t dwell = scene.manners.dwell_periods;
  TrialTerms terms;
  terms.horizon = scene.manners.horizon;
  terms.least_value = search ? kTrialInSearch : kTrialWhenCalm;
  terms.most_loss = search ? 1.0 : kMostLossWhenCalm;
  terms.needed_lead = home_ && preferred == *home_ ? kHomeAdvantage : 0.0;
  terms.lengths =
      search ? std::vector<std::uint32_t>{2, 3, 5} : std::vector<std::uint32_t>{dwell, 2 * dwell};
  std::erase_if(terms.lengths, [&](std::uint32_t length) {
    return !search && !scene.accounts.can_pay_for_trial(length);
  });
  const std::uint64_t left = search_until_ - std::min(search_until_, scene.view.period);
  for (const Setting setting : scene.space.all()) {
    const std::uint64_t travel = there_and_back(scene.view.knobs, setting);
    terms.most_periods.push_back(search ? left - std::min(left, travel) : kAnyLength);
  }
  return terms;
}

std::optional<Trial> Course::look_for_trial(const Scene& scene, std::size_t preferred) const {
  const bool returning = search_open_ && !searching(scene.view.period);
  if (scene.cap.pressed() || journey_ || returning || !rested(scene)) {
    return std::nullopt;
  }
  const TrialTerms terms = this->terms(scene, preferred);
  Candidates open;
  for (const std::size_t setting : scene.usable) {
    // Staying needs no trial; and what may be worse than no engine at all must be affordable.
    if (setting != scene.current &&
        (scene.accounts.may_risk() || scene.outlook.gap(setting, 0).mean >= -kLittleRisk)) {
      open.push_back(setting);
    }
  }
  const std::size_t reference = scene.thrifty() ? scene.fastest : preferred;
  auto trial = best_trial(scene.worth, open, reference, terms);
  if (scene.thrifty()) {
    const auto cheaper =
        best_thrift_trial(scene.outlook, open, preferred, scene.fastest,
                          scene.accounts.allowed_loss(scene.wants.thrift_loss), terms);
    if (cheaper && (!trial || cheaper->value > trial->value)) {
      trial = cheaper;
    }
  }
  return trial;
}

bool Course::trial_goes_on(const Scene& scene) {
  if (!trial_) {
    return false;
  }
  const std::size_t tried = trial_->trial.setting;
  trial_->seen += scene.view.measured_at == scene.space.at(tried) ? 1U : 0U;
  const Gap gap = scene.worth.gap(tried, scene.fastest);
  // One sample may be an accident; it ends a trial only when no accident explains it.
  const double doubt = (trial_->seen == 1 ? kNoAccident : 2.0) * std::sqrt(gap.variance);
  const bool hopeless = searching(scene.view.period) && gap.mean + doubt < 0.0;
  const bool over = trial_->seen >= trial_->trial.periods || scene.view.period >= trial_->until;
  if (!scene.may_use(tried) || hopeless || scene.cap.pressed() || over) {
    trial_.reset();
    return false;
  }
  return true;
}

Rule Course::why_stay(const Scene& scene) {
  if (scene.usable.size() > 1) {
    return Rule::kHold;
  }
  const Held& held = scene.view.held;
  return held.engine || held.threads || held.channels ? Rule::kHeld : Rule::kPressure;
}

Choice Course::move(const Scene& scene, std::size_t preferred) {
  if (preferred == scene.current) {
    journey_.reset();
    return {scene.current, why_stay(scene)};
  }
  if (!journey_ || journey_->target != preferred) {
    journey_ = Journey{preferred, scene.view.period + kPatience};
  }
  if (preferred == 0) {
    return {0, Rule::kGuard};
  }
  if (scene.cap.eased()) {
    return {preferred, Rule::kRecover};
  }
  return {preferred,
          preferred != scene.fastest && scene.thrifty() ? Rule::kThrift : Rule::kImprove};
}

Choice Course::choose(const Scene& scene) {
  const std::size_t preferred = prefer(scene);
  Choice choice;
  if (!scene.may_use(scene.current)) {
    trial_.reset();
    journey_.reset();
    const bool pressed = !scene.cap.allows(scene.space.at(scene.current));
    choice = {preferred, pressed ? Rule::kPressure : Rule::kHeld};
  } else if (trial_goes_on(scene)) {
    choice = {trial_->trial.setting, Rule::kExplore};
  } else if (const auto trial = look_for_trial(scene, preferred)) {
    trial_ = UnderWay{*trial, 0, scene.view.period + trial->periods + kPatience};
    choice = {trial->setting, Rule::kExplore};
  } else {
    choice = move(scene, preferred);
  }
  search_open_ = search_open_ && (searching(scene.view.period) || trial_);
  return choice;
}

}  // namespace pagefare::steer
