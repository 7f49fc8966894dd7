// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/fairness.h"

#include <map>
#include <optional>
#include <utility>

#include "controller/core/fair/wide.h"

namespace pagefare {
namespace {

fair::StewardSettings steward_settings(const FairnessSettings& settings, bool has_levers) {
  return {.policy = settings.policy,
          .enforce = settings.mode == Mode::kEnforce && has_levers,
          .why_not = settings.mode != Mode::kEnforce
                         ? "the mode is advise: what would be done is shown and not done"
                         : "there are no levers",
          .own_path = settings.own_path,
          .boot_id = settings.boot_id};
}

fair::Memory load(FairMemory* memory, std::string& error) {
  if (memory == nullptr) return {};
  auto loaded = memory->load();
  if (loaded) return *std::move(loaded);
  error = loaded.error().message;
  return {};
}

/// As attribute() does it; nothing where nobody pays.
std::optional<CgroupId> payer(const FolioEntry& entry, ChargeRule rule) {
  const bool asked = entry.initiator.kind == InitiatorKind::kTask;
  if (asked && rule != ChargeRule::kOwner) return entry.initiator.cgroup;
  const bool owned = entry.owner.kind == Owner::Kind::kCgroup;
  if (owned && rule != ChargeRule::kInitiator) return entry.owner.cgroup;
  return std::nullopt;
}

}  // namespace

std::vector<std::pair<CgroupId, Bytes>> promotions(const Window& window, ChargeRule rule) {
  std::map<CgroupId, Bytes> sums;
  for (const FolioEntry& entry : window.folios) {
    if (entry.reason != MigrateReason::kNumaMisplaced) continue;
    if (const auto id = payer(entry, rule)) sums[*id] += entry.bytes;
  }
  return {sums.begin(), sums.end()};
}

Fairness::Fairness(FairnessSettings settings, const Means& means)
    : settings_(std::move(settings)),
      means_(means),
      steward_(steward_settings(settings_, means.levers != nullptr),
               load(means.memory, memory_error_)),
      brief_(means.names, means.births),
      saved_at_(means.clock.monotonic()) {}

std::optional<std::uint32_t> Fairness::stalled_ppm(Nanoseconds duration) {
  if (means_.cpus == nullptr) return std::nullopt;
  const auto counters = means_.cpus->read();
  const std::optional<Nanoseconds> now = counters ? counters->stalled : std::nullopt;
  const std::optional<Nanoseconds> before = std::exchange(stalled_before_, now);
  if (!now || !before || *now < *before) return std::nullopt;
  return fair::ppm_of(static_cast<std::uint64_t>((*now - *before).count()),
                      static_cast<std::uint64_t>(duration.count()));
}

void Fairness::meet(std::uint64_t number, const Attribution& attribution) {
  for (const auto& [id, account] : attribution.accounts) {
    if (steward_.tenants().knows(id) && !brief_.contains(id)) continue;
    const auto path = means_.names.path(id);
    if (!path) {
      meet_gone(id, number);
      continue;
    }
    if (brief_.contains(id)) {  // only out of sight: names may come by rare walks of the tree
      brief_.erase(id);
      steward_.tenants().forget(id);
    }
    if (grants_) grants_->add(id, *path);
    steward_.tenants().add(id, *path);
  }
  for (const CgroupId id : brief_.take_old(number)) steward_.tenants().forget(id);
  if (grants_ && grants_->refresh(settings_.policy)) take_policy();
}

/// Who makes a cgroup, has memory moved and removes it, all within a period, saves nothing by that.
void Fairness::meet_gone(CgroupId id, std::uint64_t number) {
  if (!steward_.tenants().knows(id)) {
    const auto ancestor = brief_.ancestor(id);
    if (!ancestor) return;
    steward_.tenants().add_gone(id, *ancestor);
  }
  brief_.see(id, number);
}

void Fairness::turn(std::uint64_t number, const Window& window, const Attribution& bill,
                    ChargeRule bill_rule) {
  if (settings_.mode == Mode::kObserve || !settings_.policy.active()) return;
  if (window.duration.count() <= 0) return;
  const ChargeRule rule = fair::rule_of(settings_.policy.charge, bill_rule);
  const std::optional<Attribution> own =
      rule == bill_rule ? std::nullopt : std::optional(attribute(window, rule));
  const Attribution& attribution = own ? *own : bill;
  meet(number, attribution);
  if (means_.levers != nullptr) {
    steward_.set_reach(means_.levers->reach());
    steward_.take_counts(means_.levers->gate_counts());
  }
  const fair::Restraints restraints =
      steward_.turn({.number = number,
                     .unix_ns = means_.clock.unix_ns(),
                     .now = means_.clock.monotonic(),
                     .machine = {.duration = window.duration,
                                 .cpus = settings_.cpus,
                                 .stalled_ppm = stalled_ppm(window.duration)},
                     .attribution = &attribution,
                     .promoted = promotions(window, rule)});
  carry_out(restraints);
  save(false);
}

void Fairness::carry_out(const fair::Restraints& restraints) {
  if (settings_.mode != Mode::kEnforce || means_.levers == nullptr) return;
  const auto report = means_.levers->apply(restraints);
  holding_ = holding_ || !restraints.cgroups.empty() || restraints.promotion_mbps.has_value();
  if (report) {
    steward_.take(*report);
  } else {
    steward_.take_failure(report.error().message);
  }
}

void Fairness::turn_blind() {
  // Nobody can be held back for what nobody has seen.
  if (holding_) let_go();
}

void Fairness::let_go() {
  if (means_.levers == nullptr || settings_.mode != Mode::kEnforce) return;
  holding_ = false;
  if (const auto released = means_.levers->release_all(); !released) {
    steward_.take_failure(released.error().message);
  }
}

void Fairness::forget(const std::vector<CgroupId>& ids) {
  for (const CgroupId id : ids) {
    if (brief_.contains(id)) continue;  // goes in its own time
    if (grants_) grants_->forget(id);
    steward_.tenants().forget(id);
  }
}

void Fairness::set_policy(fair::Policy policy) {
  if (policy == settings_.policy) return;
  settings_.policy = std::move(policy);
  if (grants_) grants_->refresh(settings_.policy);
  take_policy();
  if (!settings_.policy.active() && holding_) let_go();
}

void Fairness::take_policy() {
  steward_.tenants().set_policy(grants_ ? grants_->with_grants(settings_.policy)
                                        : settings_.policy);
}

void Fairness::save(bool now) {
  const Nanoseconds time = means_.clock.monotonic();
  if (means_.memory == nullptr || (!now && time - saved_at_ < settings_.save_every)) return;
  saved_at_ = time;
  const auto saved = means_.memory->save(steward_.tenants().memory());
  memory_error_ = saved ? "" : saved.error().message;
}

void Fairness::stop() {
  if (settings_.mode == Mode::kObserve || !settings_.policy.active()) return;
  save(true);
  let_go();
}

fair::FairState Fairness::state() const {
  if (settings_.mode == Mode::kObserve) {
    fair::FairState state;
    state.why_not = "the mode is observe: nothing is settled";
    return state;
  }
  fair::FairState state = steward_.state();
  if (state.last_error.empty()) state.last_error = memory_error_;
  if (grants_) {
    state.takes_pod_budgets = true;
    state.pod_budgets = grants_->grants().budgets.size();
    state.pod_faults = grants_->grants().faults;
  }
  return state;
}

}  // namespace pagefare
