// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/governor.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "controller/core/steer/words.h"

namespace pagefare::steer {
namespace {

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

constexpr std::uint64_t kLongestCall = 10;  ///< periods without a sample that one call may take

double loss_of(Gap gap) {
  return 1.0 - std::exp(std::min(0.0, gap.mean));
}

bool was_measured(const ClassSample& sample) {
  return sample.bytes.value > 0 && sample.copy > Nanoseconds::zero();
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
    if (was_measured(sample) && copying_matters(sample, manners_)) {
      most = std::max(most, knowledge_.learn(sample, *setting, view.period));
    }
  }
  return most;
}

bool Governor::update_mix(const View& view) {
  std::map<CopyClass, double> bytes;
  bool novel = false;
  for (const ClassSample& sample : view.samples) {
    const ClassKnowledge* known = knowledge_.find(sample.copy_class);
    if (copying_matters(sample, manners_) && known != nullptr) {
      bytes[sample.copy_class] += static_cast<double>(sample.bytes.value);
      novel = novel || known->first_period == view.period;
    }
  }
  return mix_.update(bytes, novel);
}

bool Governor::may_be_under_way(const View& view) const {
  return !cap_.allows(view.knobs.active()) && !mix_.shares().empty() &&
         view.period <= copied_at_ + kLongestCall;
}

Scene Governor::survey(const View& view, const Outlook& outlook, const Worth& worth) const {
  const SettingSpace& space = knowledge_.space();
  Scene scene{view, space, outlook, worth, wants_, manners_, accounts_, cap_, {}};
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (cap_.allows(space.at(i)) && reachable(view.knobs, space.at(i), view.held)) {
      scene.usable.push_back(i);
    }
  }
  scene.current = place_of(space, view.knobs.active());
  if (scene.usable.empty()) {
    scene.usable.push_back(scene.current);
  }
  scene.fastest = best_known(worth, scene.usable, scene.current);
  scene.best = scene.fastest;
  if (scene.thrifty()) {
    scene.best = best_for_thrift(outlook, scene.usable, scene.current, scene.fastest,
                                 accounts_.allowed_loss(wants_.thrift_loss));
  }
  return scene;
}

Haste Governor::haste_in(const Scene& scene) const {
  if (!cap_.allows(scene.space.at(scene.current))) {
    return Haste::kPressure;
  }
  return course_.searching(scene.view.period) ? Haste::kSearch : Haste::kCalm;
}

/// In a search an engine is turned on with the count that it has, and goes to the one that is
/// wanted in use: what is measured on the way tells whether that way is the right one.
Setting Governor::next_stop(const Scene& scene, std::size_t target, Haste haste) const {
  const Setting wanted = scene.space.at(target);
  const Setting now{wanted.engine, scene.view.knobs.count(wanted.engine)};
  const auto place = scene.space.find(now);
  if (haste != Haste::kSearch || !place || scene.view.knobs.engine == wanted.engine ||
      !scene.may_use(*place)) {
    return wanted;
  }
  const Gap gap = scene.outlook.gap(*place, scene.current);
  return gap.mean + std::sqrt(gap.variance) > 0.0 ? now : wanted;
}

Knobs Governor::restrain(const Scene& scene, std::size_t target, Haste haste) {
  const View& view = scene.view;
  const Knobs next =
      step_toward(view.knobs, next_stop(scene, target, haste), scene.space, view.held, haste);
  if (next.active() != view.knobs.active()) {
    course_.moved(view.period);
  }
  return next;
}

void Governor::settle_accounts(const Scene& scene) {
  const bool searching = course_.searching(scene.view.period);
  accounts_.settle({searching, course_.trying(), loss_of(scene.outlook.gap(scene.current, 0)),
                    loss_of(scene.outlook.gap(scene.current, scene.fastest))},
                   manners_, wants_.thrift_loss);
  if (searching || course_.trying()) {
    return;
  }
  for (const auto& [copy_class, share] : mix_.shares()) {
    knowledge_.anchor(copy_class, scene.current);
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
  const bool other_mix = update_mix(view);
  const bool copied = std::ranges::any_of(view.samples, was_measured);
  if (!copied && !may_be_under_way(view)) {
    return rest(view, Rule::kIdle, "nothing was copied; the knobs stay as they are");
  }
  copied_at_ = copied ? view.period : copied_at_;
  const bool matters = !copied || std::ranges::any_of(view.samples, [&](const ClassSample& one) {
    return was_measured(one) && copying_matters(one, manners_);
  });
  if (!matters || mix_.shares().empty()) {
    return rest(view, Rule::kFloor,
                "copying is not what these migrations cost; the knobs stay as they are");
  }
  const Outlook outlook(knowledge_, mix_);
  const Worth worth(outlook, wants_, one_worker(knowledge_.space()));
  const Scene scene = survey(view, outlook, worth);
  course_.notice({surprise, other_mix, !cap_.allows(running) || cap_.eased()}, scene.current,
                 view.period, manners_, accounts_);
  const Choice choice = course_.choose(scene);
  settle_accounts(scene);

  Decision decision = rest(view, choice.rule, "");
  decision.target = knowledge_.space().at(choice.target);
  decision.haste = haste_in(scene);
  decision.write = restrain(scene, choice.target, decision.haste);
  decision.searching = course_.searching(view.period);
  decision.regret = loss_of(outlook.gap(scene.current, scene.fastest));
  put_in_words({knowledge_, mix_, outlook, cap_.workers(), scene.current, scene.fastest,
                choice.target, scene.usable},
               decision);
  return decision;
}

}  // namespace pagefare::steer
