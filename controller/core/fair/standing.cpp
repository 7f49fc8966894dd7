// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/standing.h"

#include <algorithm>

#include "controller/core/fair/wide.h"

namespace pagefare::fair {
namespace {

std::uint64_t beyond(std::uint64_t amount, std::uint64_t limit) {
  return amount > limit ? amount - limit : 0;
}

Action action_of(Stage stage) {
  switch (stage) {
    case Stage::kRepay:
      return Action::kRepay;
    case Stage::kGate:
      return Action::kGate;
    case Stage::kUnder:
    case Stage::kLimit:
      break;
  }
  return Action::kLimit;
}

constexpr std::array kSteps{Stage::kLimit, Stage::kRepay, Stage::kGate};

}  // namespace

void Standing::release() {
  stage_ = Stage::kUnder;
  over_for_ = 0;
  calm_since_.reset();
  turnstile_.reset();
  open_ppm_ = kMillion;
  calls_.reset();
}

std::uint64_t Standing::may_use(const Case& about, std::size_t resource) const {
  return about.allocated[resource] + saved_[resource];
}

Standing::Weighed Standing::weigh(const Case& about, const Amounts& wish) const {
  Weighed weighed;
  std::uint32_t worst = 0;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!about.bound.at(r) || wish[r] == 0) continue;
    const std::uint64_t limit = may_use(about, r);
    const std::uint32_t load = limit == 0 ? UINT32_MAX : ppm_of(wish[r], limit);
    if (load < worst) continue;
    worst = load;
    weighed.resource = r;
    weighed.side = load > steps_.over_ppm     ? Side::kOver
                   : load >= steps_.under_ppm ? Side::kBetween
                                              : Side::kUnder;
  }
  return weighed;
}

std::optional<Stage> Standing::next_stage(const Case& about) const {
  for (const Stage stage : kSteps) {
    const Action action = action_of(stage);
    if (stage > stage_ && about.actions.has(action) && about.available.has(action)) return stage;
  }
  return std::nullopt;
}

Stage Standing::previous_stage(const Case& about) const {
  Stage previous = Stage::kUnder;
  for (const Stage stage : kSteps) {
    const Action action = action_of(stage);
    if (stage < stage_ && about.actions.has(action) && about.available.has(action)) {
      previous = stage;
    }
  }
  return previous;
}

Rule Standing::why_no_further(const Case& about) const {
  bool listed = false;
  for (const Stage stage : kSteps) {
    if (about.theirs.has(action_of(stage))) return Rule::kTheirs;
    listed = listed || (stage > stage_ && about.actions.has(action_of(stage)));
  }
  return listed ? Rule::kUnavailable : Rule::kNoAction;
}

Finding Standing::step_up(const Case& about, const Weighed& weighed) {
  Finding finding{.from = stage_, .to = stage_, .resource = weighed.resource};
  calm_since_.reset();
  ++over_for_;
  const std::optional<Stage> next = next_stage(about);
  const std::size_t r = weighed.resource;
  const bool at_cap = about.cap[r] < kUnlimited && about.allocated[r] >= about.cap[r];
  const Rule reason = at_cap ? Rule::kCap : Rule::kShare;
  if (!next) {
    // The last step does what can be done: being held at what it may use is not being over.
    finding.rule = stage_ == Stage::kGate ? reason : why_no_further(about);
  } else if (stage_ == Stage::kUnder || over_for_ >= steps_.patience_periods) {
    stage_ = *next;
    over_for_ = 0;
    finding.to = stage_;
    finding.rule = reason;
  } else {
    finding.rule = Rule::kPatience;
  }
  return finding;
}

Finding Standing::step_down(const Case& about, const Weighed& weighed) {
  Finding finding{.from = stage_, .to = stage_, .resource = weighed.resource};
  over_for_ = 0;
  if (stage_ == Stage::kUnder) {
    const bool ahead = about.used[weighed.resource] > about.allocated[weighed.resource];
    finding.rule = about.bound.at(weighed.resource) && ahead ? Rule::kBurst : Rule::kWithin;
    return finding;
  }
  finding.rule = Rule::kDwell;
  if (weighed.side == Side::kBetween) {
    calm_since_.reset();
    return finding;
  }
  if (!calm_since_) calm_since_ = about.now;
  if (about.now - *calm_since_ >= steps_.dwell) {
    stage_ = previous_stage(about);
    calm_since_ = about.now;
    finding.to = stage_;
    finding.rule = Rule::kRelease;
  }
  return finding;
}

/// What it leaves of its own share it may use later, as far as its burst goes.
void Standing::save(const Case& about) {
  const auto duration =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, about.duration.count()));
  const auto burst = static_cast<std::uint64_t>(about.burst.count());
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!about.bound.at(r)) {
      saved_[r] = 0;
      continue;
    }
    const std::uint64_t scarce = about.entitled[r] > 0 ? about.entitled[r] : kUnlimited;
    const std::uint64_t own = std::min(scarce, about.cap[r]);
    const std::uint64_t most = scaled(own, burst, duration);
    // Behind the gate what is not used pays off what was used too much, or is kept by the
    // turnstile.
    if (stage_ != Stage::kGate) saved_[r] += beyond(own, about.used[r]);
    saved_[r] -= std::min(saved_[r], beyond(about.used[r], about.allocated[r]));
    saved_[r] = std::min(saved_[r], most);
  }
}

/// So many calls of the next period as cost what it may use.
void Standing::set_gate(const Case& about, bool is_new) {
  const Turnstile::Passage passage{
      .used = about.used, .admitted = about.admitted, .refused = about.refused};
  calls_.reset();
  if (stage_ != Stage::kGate || is_new) {
    // What it used before its gate was held to anything is not held against it.
    turnstile_.watch(passage);
    turnstile_.reset();
    open_ppm_ = kMillion;
    if (stage_ != Stage::kGate) return;
  } else {
    Amounts limit;
    for (std::size_t r = 0; r < kResources; ++r) {
      limit[r] = about.bound.at(r) ? may_use(about, r) : kUnlimited;
    }
    turnstile_.settle(passage, limit);
  }
  std::uint32_t open = kMillion;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!about.bound.at(r) || about.wish[r] == 0) continue;
    const std::uint64_t target = turnstile_.target(r, may_use(about, r));
    open = std::min(open, ppm_of(target, about.wish[r]));
    const auto calls = turnstile_.calls(r, target);
    if (calls) calls_ = std::min(*calls, calls_.value_or(*calls));
  }
  open_ppm_ = open;
}

Finding Standing::judge(const Case& about) {
  save(about);
  for (std::size_t r = 0; r < kResources; ++r) {
    peak_[r] = std::max(about.wish[r], peak_[r] - peak_[r] / 16);
    if (stage_ == Stage::kUnder) peak_[r] = about.wish[r];
  }
  const Weighed now = weigh(about, about.wish);
  if (about.incomplete || about.is_protected) {
    release();
    const Rule rule = about.is_protected ? Rule::kProtected : Rule::kIncomplete;
    return {.rule = now.side == Side::kOver ? rule : Rule::kWithin, .resource = now.resource};
  }
  const Finding finding =
      now.side == Side::kOver ? step_up(about, now) : step_down(about, weigh(about, peak_));
  set_gate(about, finding.from != finding.to);
  return finding;
}

}  // namespace pagefare::fair
