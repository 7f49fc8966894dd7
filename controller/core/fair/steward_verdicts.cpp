// SPDX-License-Identifier: Apache-2.0
// What is said about tenants, and what is to be done about them.
#include <algorithm>

#include "controller/core/fair/steward.h"
#include "controller/core/fair/wide.h"
#include "controller/core/fair/words.h"

namespace pagefare::fair {
namespace {

constexpr std::size_t kMaxHistory = 1024;
constexpr std::size_t kMaxHistoryPerTenant = 32;
constexpr std::uint64_t kMebibyte = 1'048'576;

/// Worth telling once, though nothing changes for the tenant.
bool is_news(Rule rule) {
  return rule == Rule::kNoAction || rule == Rule::kProtected || rule == Rule::kIncomplete ||
         rule == Rule::kTheirs || rule == Rule::kUnavailable;
}

/// The gate holds until it is told anew; one that is not known to be told has to open by itself.
void hold_gate(Restraint& restraint, const Standing& standing, Nanoseconds period) {
  restraint.gate_for = 2 * period;
  restraint.gate_calls = standing.calls();
  if (restraint.gate_calls) return;
  const std::uint64_t shut =
      scaled(static_cast<std::uint64_t>(period.count()), kMillion - standing.open_ppm(), kMillion);
  restraint.shut_for = Nanoseconds(static_cast<std::int64_t>(shut));
}

}  // namespace

Actions Steward::available() const {
  Actions actions;
  if (reach_.empty()) {  // nobody has asked the machine: advise as if it had everything
    return actions.add(Action::kLimit).add(Action::kRepay).add(Action::kGate).add(Action::kRate);
  }
  for (const LeverReach& reach : reach_) {
    if (reach.available) actions.add(reach.lever);
  }
  return actions;
}

void Steward::set_reach(std::vector<LeverReach> reach) {
  reach_ = std::move(reach);
  available_now_ = available();
}

Case Steward::case_of(const Tenant& tenant, const Share& share, const Period& period) const {
  Case about;
  about.used = tenant.used;
  about.wish = tenant.appetite.wish();
  about.allocated = share.allocated;
  about.cap = claims_[tenant.claim].cap;
  about.entitled = share.entitled;
  about.bound = tenant.bound;
  about.duration = period.machine.duration;
  about.now = period.now;
  about.available = available_now_;
  about.admitted = tenant.admitted;
  about.refused = tenant.refusals > 0;
  about.theirs = tenant.theirs;
  about.is_protected = tenant.is_protected;
  about.incomplete = is_incomplete();
  if (tenant.budget) {
    const Budget& budget = tenants_.policy().budgets[*tenant.budget];
    about.burst = budget.burst;
    about.actions = budget.actions;
  }
  return about;
}

void Steward::judge(Tenant& tenant, const Case& about, const Period& period) {
  const Rule before = tenant.finding.rule;
  tenant.finding = tenant.standing.judge(about);
  // Thousands who live within their means need no new sentence in every period.
  if (tenant.finding.rule != Rule::kWithin || before != Rule::kWithin || tenant.sentence.empty()) {
    tenant.sentence = explain(tenant.path, tenant.finding, about);
  }
  const bool changed = tenant.finding.from != tenant.finding.to;
  const std::pair now(tenant.finding.rule, tenant.finding.to);
  if (changed || (is_news(tenant.finding.rule) && tenant.said != now)) say(tenant, period);
}

void Steward::say(Tenant& tenant, const Period& period) {
  const Finding& finding = tenant.finding;
  tenant.said = {finding.rule, finding.to};
  ++verdicts_.at(static_cast<std::size_t>(finding.rule));
  if (finding.to > finding.from) ++steps_.at(static_cast<std::size_t>(finding.to));
  history_.push_back({.id = next_id_++,
                      .period = period.number,
                      .unix_ns = period.unix_ns,
                      .path = tenant.path,
                      .rule = finding.rule,
                      .from = finding.from,
                      .to = finding.to,
                      .would_have = !settings_.enforce,
                      .sentence = tenant.sentence});
  const auto is_its = [&tenant](const Verdict& verdict) { return verdict.path == tenant.path; };
  if (std::ranges::count_if(history_, is_its) > static_cast<std::ptrdiff_t>(kMaxHistoryPerTenant)) {
    history_.erase(std::ranges::find_if(history_, is_its));
  }
  if (history_.size() > kMaxHistory) history_.pop_front();
}

void Steward::restrain(Tenant& tenant, Nanoseconds period, Restraints& restraints) {
  const Stage stage = tenant.standing.stage();
  if (stage == Stage::kUnder || !tenant.budget) return;
  const Actions actions = tenants_.policy().budgets[*tenant.budget].actions;
  const auto does = [&](Stage step, Action action) {
    return stage >= step && actions.has(action) && available_now_.has(action);
  };
  const bool repay = does(Stage::kRepay, Action::kRepay);
  auto grips = tenants_.grips(tenant);
  std::uint64_t ungripped = grips.size();
  std::uint64_t calls = tenant.standing.calls().value_or(0);
  for (std::string& path : grips) {
    gripped_[path] = tenant.path;
    Restraint restraint;
    restraint.path = std::move(path);
    restraint.id = restraint.path == tenant.path ? tenant.id : CgroupId{};
    restraint.limit = does(Stage::kLimit, Action::kLimit);
    if (does(Stage::kGate, Action::kGate)) {
      hold_gate(restraint, tenant.standing, period);
      if (restraint.gate_calls) restraint.gate_calls = calls / ungripped;
      calls -= restraint.gate_calls.value_or(0);
      --ungripped;
    }
    restraints.cgroups.push_back(std::move(restraint));
  }
  if (!repay) return;
  const auto own = std::ranges::find(restraints.cgroups, tenant.path, &Restraint::path);
  Restraint& restraint = own != restraints.cgroups.end() ? *own : restraints.cgroups.emplace_back();
  restraint.path = tenant.path;
  restraint.id = tenant.id;
  restraint.repay = true;
  restraint.newly_owed = tenant.outside_quota;
  gripped_[tenant.path] = tenant.path;
}

std::optional<std::uint64_t> Steward::promotion_limit() const {
  if (!available_now_.has(Action::kRate)) return std::nullopt;
  std::uint64_t sum = 0;
  bool any = false;
  for (const auto& [path, tenant] : tenants_.all()) {
    if (tenant.promoted.value == 0) continue;
    const bool listed =
        tenant.budget && tenants_.policy().budgets[*tenant.budget].actions.has(Action::kRate);
    // The limit is the machine's: it must not hold back one whose budget does not ask for it.
    if (!listed || !tenant.bound.at(static_cast<std::size_t>(Resource::kBytes))) {
      return std::nullopt;
    }
    any = true;
    sum += tenant.allocated[Resource::kBytes];
  }
  return any ? std::optional(sum) : std::nullopt;
}

Restraints Steward::restraints(const Period& period) {
  Restraints restraints;
  restraints.period = period.machine.duration;
  gripped_.clear();
  for (auto& [path, tenant] : tenants_.all()) {
    if (settings_.enforce && !is_incomplete()) {
      restrain(tenant, period.machine.duration, restraints);
    }
    tenant.open_ppm = kMillion;  // until the levers say otherwise
    tenant.gated = false;
    tenant.refusals = 0;
    tenant.admitted = 0;
    tenant.theirs = {};
  }
  std::ranges::sort(restraints.cgroups, {}, &Restraint::path);
  if (!settings_.enforce || is_incomplete() || period.machine.duration.count() <= 0) {
    return restraints;
  }
  if (const auto bytes = promotion_limit()) {
    const auto duration = static_cast<std::uint64_t>(period.machine.duration.count());
    const std::uint64_t mbps = scaled(*bytes, 1'000'000'000, duration) / kMebibyte;
    restraints.promotion_mbps = std::max<std::uint64_t>(1, mbps);
  }
  return restraints;
}

/// It may be gone since.
Tenant* Steward::tenant_of(const std::string& told) {
  const auto found = gripped_.find(told);
  return tenants_.find(std::string_view(found != gripped_.end() ? found->second : told));
}

void Steward::take(const LeverReport& report) {
  last_error_.clear();
  for (const LeverOutcome& outcome : report.outcomes) {
    ++outcomes_.at(static_cast<std::size_t>(outcome.lever))
          .at(static_cast<std::size_t>(outcome.outcome));
    Tenant* const tenant = tenant_of(outcome.path);
    if (tenant == nullptr) continue;
    if (outcome.outcome == Outcome::kTheirs) tenant->theirs.add(outcome.lever);
    if (outcome.lever == Action::kGate && outcome.outcome == Outcome::kApplied) {
      tenant->open_ppm = tenant->standing.open_ppm();
      tenant->gated = true;
    }
  }
  for (const LeverCounts& counts : report.counts) {
    Tenant* const tenant = tenant_of(counts.path);
    if (tenant == nullptr) continue;
    tenant->repaid += counts.collected;
    tenant->outstanding = counts.outstanding;
  }
}

void Steward::take_counts(const std::vector<LeverCounts>& all) {
  for (const LeverCounts& counts : all) {
    Tenant* const tenant = tenant_of(counts.path);
    if (tenant == nullptr) continue;
    tenant->refusals += counts.gate_refusals;
    tenant->admitted += counts.gate_admitted;
    tenant->gate_refusals += counts.gate_refusals;
  }
}

void Steward::take_failure(std::string message) {
  ++failed_applies_;
  last_error_ = std::move(message);
}

}  // namespace pagefare::fair
