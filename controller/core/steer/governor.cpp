// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/governor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "controller/core/steer/words.h"

namespace pagefare::steer {
namespace {

// Shares of throughput that a move must promise over the horizon, in periods' worth.
constexpr double kMoveInSearch = 0.5;
constexpr double kMoveWhenCalm = 1.5;
constexpr double kTrialInSearch = 0.1;
constexpr double kTrialWhenCalm = 0.2;
constexpr double kMostLossWhenCalm = 0.10;
constexpr double kTurnBack = 0.05;          ///< log throughput by which a destination was overrated
constexpr double kNoAccident = 3.0;         ///< standard deviations; less may be one noisy sample
constexpr std::uint32_t kLateInSearch = 5;  ///< periods before its end: no time to come back
constexpr double kHomeAdvantage = 0.03;     ///< log throughput
constexpr double kHomeDoubt = 1.5;          ///< standard deviations
constexpr std::uint64_t kAnyLength = 1U << 30U;
constexpr std::uint64_t kBetweenCapSearches = 30;

/// The index of a setting, or of the closest smaller one of its engine.
std::size_t place_of(const SettingSpace& space, Setting setting) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (space.at(i).engine == setting.engine && space.at(i) <= setting) {
      place = i;
    }
  }
  return place;
}

/// Periods that going to a setting and back to the present one take.
std::uint32_t there_and_back(const Knobs& knobs, const SettingSpace& space, std::size_t place) {
  const Setting setting = space.at(place);
  if (setting.engine == Engine::kKernel) {
    return 2;
  }
  const int now = static_cast<int>(std::bit_width(knobs.count(setting.engine)));
  const auto steps = static_cast<std::uint32_t>(
      std::max(1, std::abs(now - static_cast<int>(std::bit_width(setting.workers)))));
  return setting.engine == knobs.engine ? 2 * steps : steps + 1;
}

double loss_of(Gap gap) {
  return 1.0 - std::exp(std::min(0.0, gap.mean));
}

bool copying_matters(const ClassSample& sample, const Manners& manners) {
  if (sample.move > Nanoseconds::zero()) {
    return static_cast<double>(sample.copy.count()) >=
           manners.least_copy_share * static_cast<double>(sample.move.count());
  }
  return sample.copy_class.folio_bytes * sample.copy_class.folios >= manners.least_call_bytes;
}

}  // namespace

Governor::Governor(SettingSpace space, Wants wants, Manners manners)
    : knowledge_(std::move(space)), wants_(wants), manners_(manners), accounts_(manners_) {}

Surprise Governor::learn(const View& view) {
  const auto setting = knowledge_.space().find(view.measured_at);
  if (!setting) {
    return 0.0;
  }
  Surprise most = 0.0;
  for (const ClassSample& sample : view.samples) {
    const bool measured = sample.bytes.value > 0 && sample.copy > Nanoseconds::zero();
    if (measured && copying_matters(sample, manners_)) {
      most = std::max(most, knowledge_.learn(sample, *setting, view.period));
    }
  }
  return most;
}

bool Governor::update_mix(const View& view) {
  std::map<CopyClass, double> bytes;
  for (const ClassSample& sample : view.samples) {
    if (copying_matters(sample, manners_) && knowledge_.find(sample.copy_class) != nullptr) {
      bytes[sample.copy_class] += static_cast<double>(sample.bytes.value);
    }
  }
  return mix_.update(bytes);
}

bool Governor::usable(const View& view, Setting setting) const {
  return cap_.allows(setting) && reachable(view.knobs, setting, view.held);
}

/// What was learned may no longer hold, or other settings have come into reach: for a while the
/// settings may be tried one after the other.
void Governor::open_search(const View& view, Surprise surprise, bool other_mix) {
  const bool shut_out = !cap_.allows(view.knobs.active());
  const bool other_cap =
      (shut_out || cap_.eased()) && view.period >= cap_search_at_ + kBetweenCapSearches;
  if (other_cap) {
    cap_search_at_ = view.period;
  }
  if (other_mix) {
    home_.reset();
  } else if (surprise > 0.0 && !searching(view)) {
    home_ = place_of(knowledge_.space(), view.knobs.active());
  }
  if (surprise > 0.0 || other_mix || other_cap) {
    search_until_ = view.period + manners_.search_periods;
    search_open_ = true;
    trial_.reset();
    heading_.reset();
  }
}

Governor::Scene Governor::survey(const View& view, const Outlook& outlook,
                                 const Worth& worth) const {
  const SettingSpace& space = knowledge_.space();
  Scene scene{view, outlook, worth, {}};
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (usable(view, space.at(i))) {
      scene.usable.push_back(i);
    }
  }
  scene.current = place_of(space, view.knobs.active());
  if (scene.usable.empty()) {
    scene.usable.push_back(scene.current);
  }
  scene.best = best_known(worth, scene.usable, scene.current);
  scene.fastest = scene.best;
  if (wants_.objective == Objective::kThrift) {
    scene.best = best_for_thrift(outlook, scene.usable, scene.current, scene.fastest,
                                 accounts_.allowed_loss(wants_.thrift_loss));
  }
  scene.preferred = prefer(scene);
  return scene;
}

bool Governor::rested(const View& view) const {
  return search_open_ || view.period >= moved_at_ + manners_.dwell_periods;
}

std::size_t Governor::prefer(const Scene& scene) const {
  const auto may_use = [&](std::size_t setting) {
    return std::ranges::find(scene.usable, setting) != scene.usable.end();
  };
  if (heading_ && may_use(*heading_) &&
      (!search_open_ || scene.worth.gap(*heading_, scene.best).mean > -kTurnBack)) {
    return *heading_;
  }
  if (!may_use(scene.current) || scene.best == scene.current) {
    return scene.best;
  }
  const Gap ahead = scene.worth.gap(scene.best, scene.current);
  const bool late = scene.view.period + kLateInSearch >= search_until_;
  const bool accident = late && scene.view.period < moved_at_ + 2 &&
                        ahead.mean < kNoAccident * std::sqrt(ahead.variance);
  if (!rested(scene.view) || (search_open_ && accident)) {
    return scene.current;
  }
  if (wants_.objective == Objective::kThrift) {
    return scene.best;  // best_for_thrift keeps the current setting where that is as good
  }
  // After a change of the machine many settings may have become equal, as when a neighbour leaves
  // the same bandwidth for all. Which was best before says which will be best after.
  if (home_ && may_use(*home_)) {
    const Gap behind = scene.worth.gap(*home_, scene.best);
    if (behind.mean > -std::max(kHomeAdvantage, kHomeDoubt * std::sqrt(behind.variance))) {
      return *home_;
    }
  }
  const double needed = searching(scene.view) ? kMoveInSearch : kMoveWhenCalm;
  const double promised = manners_.horizon * (ahead.mean - ahead.variance / 2.0);
  return promised > needed ? scene.best : scene.current;
}

std::optional<Trial> Governor::look_for_trial(const Scene& scene) const {
  const bool search = searching(scene.view);
  if (cap_.pressed() || heading_ || !rested(scene.view) || search != search_open_) {
    return std::nullopt;
  }
  TrialTerms terms;
  terms.horizon = manners_.horizon;
  terms.least_value = search ? kTrialInSearch : kTrialWhenCalm;
  terms.most_loss = search ? 1.0 : kMostLossWhenCalm;
  terms.needed_lead = home_ && scene.preferred == *home_ ? kHomeAdvantage : 0.0;
  const std::vector<std::uint32_t> lengths =
      search ? std::vector<std::uint32_t>{2, 3, 5}
             : std::vector<std::uint32_t>{manners_.dwell_periods, 2 * manners_.dwell_periods};
  for (const std::uint32_t length : lengths) {
    if (search || accounts_.can_pay_for_trial(length)) {
      terms.lengths.push_back(length);
    }
  }
  const bool thrifty = wants_.objective == Objective::kThrift;
  const std::size_t reference = thrifty ? scene.fastest : scene.preferred;
  if (terms.lengths.empty()) {
    return std::nullopt;
  }
  terms.most_periods.assign(knowledge_.space().size(), 0);
  Candidates open;
  for (const std::size_t setting : scene.usable) {
    if (setting == scene.current) {
      continue;  // staying needs no trial
    }
    const std::uint32_t travel = there_and_back(scene.view.knobs, knowledge_.space(), setting);
    const std::uint64_t left = search_until_ - std::min(search_until_, scene.view.period);
    terms.most_periods[setting] =
        search ? left - std::min<std::uint64_t>(left, travel) : kAnyLength;
    if (accounts_.may_risk() || scene.outlook.gap(setting, 0).mean >= 0.0) {
      open.push_back(setting);
    }
  }
  auto trial = best_trial(scene.worth, open, reference, terms);
  if (thrifty) {
    const auto cheaper = best_thrift_trial(scene.outlook, open, scene.preferred, scene.fastest,
                                           accounts_.allowed_loss(wants_.thrift_loss), terms);
    if (cheaper && (!trial || cheaper->value > trial->value)) {
      trial = cheaper;
    }
  }
  return trial;
}

bool Governor::trial_goes_on(const Scene& scene) {
  if (!trial_) {
    return false;
  }
  const std::size_t tried = trial_->trial.setting;
  trial_->seen += scene.view.measured_at == knowledge_.space().at(tried) ? 1U : 0U;
  const bool allowed = std::ranges::find(scene.usable, tried) != scene.usable.end();
  const Gap gap = scene.worth.gap(tried, scene.fastest);
  // One sample may be an accident; it ends a trial only when no accident explains it.
  const double doubt = (trial_->seen >= 2 ? 2.0 : 3.0) * std::sqrt(gap.variance);
  const bool hopeless = searching(scene.view) && trial_->seen > 0 && gap.mean + doubt < 0.0;
  if (!allowed || hopeless || cap_.pressed() || trial_->seen >= trial_->trial.periods) {
    trial_.reset();
    return false;
  }
  return true;
}

Governor::Choice Governor::choose(const Scene& scene) {
  const bool may_stay = std::ranges::find(scene.usable, scene.current) != scene.usable.end();
  if (!may_stay) {
    trial_.reset();
    heading_.reset();
    return {scene.preferred,
            cap_.allows(knowledge_.space().at(scene.current)) ? Rule::kHeld : Rule::kPressure};
  }
  if (trial_goes_on(scene)) {
    return {trial_->trial.setting, Rule::kExplore};
  }
  if (const auto trial = look_for_trial(scene)) {
    trial_ = UnderWay{*trial, 0};
    heading_.reset();
    return {trial->setting, Rule::kExplore};
  }
  heading_ = scene.preferred;
  if (scene.preferred == scene.current) {
    heading_.reset();
    return {scene.current, scene.usable.size() == 1 ? Rule::kHeld : Rule::kHold};
  }
  if (scene.preferred == 0) {
    return {0, Rule::kGuard};
  }
  if (cap_.eased()) {
    return {scene.preferred, Rule::kRecover};
  }
  const bool thrifty = wants_.objective == Objective::kThrift && scene.preferred != scene.fastest;
  return {scene.preferred, thrifty ? Rule::kThrift : Rule::kImprove};
}

Knobs Governor::restrain(const View& view, std::size_t current, std::size_t target) {
  const SettingSpace& space = knowledge_.space();
  Haste haste = searching(view) ? Haste::kSearch : Haste::kCalm;
  if (!cap_.allows(space.at(current))) {
    haste = Haste::kPressure;
  }
  const Knobs next = step_toward(view.knobs, space.at(target), space, view.held, haste);
  if (next.active() != view.knobs.active()) {
    moved_at_ = view.period;
  }
  return next;
}

void Governor::anchor_when_settled(const View& view, std::size_t current) {
  if (searching(view) || trial_) {
    return;
  }
  for (const auto& [copy_class, share] : mix_.shares()) {
    knowledge_.anchor(copy_class, current);
  }
}

Decision Governor::rest(const View& view, Rule rule, const char* sentence) {
  Decision decision;
  decision.id = ++decisions_;
  decision.period = view.period;
  decision.rule = rule;
  decision.from = decision.target = view.knobs.active();
  decision.write = view.knobs;
  decision.sentence = sentence;
  return decision;
}

Decision Governor::decide(const View& view) {
  const Setting running = view.knobs.active();
  cap_.update(view.cpu, running.engine == Engine::kThreads ? running.workers : 0, manners_);
  const Surprise surprise = learn(view);
  const bool changed = update_mix(view);
  if (view.samples.empty()) {
    return rest(view, Rule::kIdle, "nothing was copied; the knobs stay as they are");
  }
  const bool matters = std::ranges::any_of(
      view.samples, [&](const ClassSample& one) { return copying_matters(one, manners_); });
  if (!matters || mix_.shares().empty()) {
    return rest(view, Rule::kFloor,
                "copying is not what these migrations cost; the knobs stay as they are");
  }
  open_search(view, surprise, changed);
  const Outlook outlook(knowledge_, mix_);
  const Worth worth(outlook, wants_, one_worker(knowledge_.space()));
  const Scene scene = survey(view, outlook, worth);
  const Choice choice = choose(scene);
  search_open_ = search_open_ && (searching(view) || trial_);
  accounts_.settle({searching(view), trial_.has_value(), loss_of(outlook.gap(scene.current, 0)),
                    loss_of(outlook.gap(scene.current, scene.fastest))},
                   manners_, wants_.thrift_loss);
  anchor_when_settled(view, scene.current);

  Decision decision = rest(view, choice.rule, "");
  decision.target = knowledge_.space().at(choice.target);
  decision.write = restrain(view, scene.current, choice.target);
  decision.searching = searching(view);
  Circumstances around{knowledge_,    mix_,          outlook,       cap_.workers(),
                       scene.current, scene.fastest, choice.target, scene.usable};
  put_in_words(around, decision);
  return decision;
}

}  // namespace pagefare::steer
