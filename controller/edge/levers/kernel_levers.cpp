// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/kernel_levers.h"

#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "controller/edge/levers/reach.h"

namespace pagefare {

using fair::Action;
using fair::LeverReport;
using fair::Outcome;

/// One call of apply(), while it is under way.
struct KernelLevers::Told {
  Nanoseconds now{};
  Nanoseconds period{};
  std::vector<std::optional<CgroupId>> ids;  // by restraint; nothing for one that is gone
  std::vector<CgroupId> limited;             // who is wanted, sorted
  std::vector<CgroupId> gated;
  std::vector<std::string> repaying;
  std::string why_no_repaying;
  std::vector<fair::LeverOutcome> outcomes;
  std::map<std::string, fair::LeverCounts> counts;  // by path

  void add(const std::string& path, Action lever, Hold hold) {
    outcomes.push_back(
        {.path = path, .lever = lever, .outcome = hold.outcome, .why = std::move(hold.why)});
  }
  LeverReport report() && {
    LeverReport report{.outcomes = std::move(outcomes)};
    for (auto& [path, count] : counts) {
      count.path = path;
      report.counts.push_back(std::move(count));
    }
    return report;
  }
};

namespace {

std::optional<CgroupId> id_of(const std::string& directory) {
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) return std::nullopt;
  return CgroupId{status.st_ino};
}

/// Each is on disk before and after; the rest comes in the periods that follow.
constexpr int kMostWrites = 64;

}  // namespace

KernelLevers::KernelLevers(Roots roots, CgroupHierarchy hierarchy, Clock& clock, Custody& custody,
                           MachineFiles& files)
    : roots_(std::move(roots)),
      hierarchy_(std::move(hierarchy)),
      clock_(clock),
      values_(custody, files),
      limits_(roots_, hierarchy_, values_),
      repayments_(hierarchy_, values_, files),
      rate_(roots_, values_, files) {}

Result<LeverReport> KernelLevers::apply(const fair::Restraints& restraints) {
  values_.begin(kMostWrites);
  return tell(restraints);
}

LeverReport KernelLevers::tell(const fair::Restraints& restraints) {
  Told told{.now = clock_.monotonic(),
            .period = restraints.period,
            .why_no_repaying = Repayments::why_not(hierarchy_)};
  list_wanted(restraints, told);
  release_others(told);
  for (std::size_t i = 0; i < restraints.cgroups.size(); ++i) {
    apply_one(restraints.cgroups[i], told.ids[i], told);
  }
  if (restraints.promotion_mbps || rate_.is_held()) {
    told.add({}, Action::kRate, rate_.set(restraints.promotion_mbps));
  }
  return std::move(told).report();
}

void KernelLevers::list_wanted(const fair::Restraints& restraints, Told& told) const {
  for (const auto& restraint : restraints.cgroups) {
    const auto id = id_of(hierarchy_.path + restraint.path);
    told.ids.push_back(id);
    if (id && restraint.limit) told.limited.push_back(*id);
    if (id && restraint.gate_for > Nanoseconds{}) told.gated.push_back(*id);
    if (restraint.repay) told.repaying.push_back(restraint.path);
  }
  std::ranges::sort(told.limited);
  std::ranges::sort(told.gated);
  std::ranges::sort(told.repaying);
}

void KernelLevers::apply_one(const fair::Restraint& restraint, std::optional<CgroupId> id,
                             Told& told) {
  const Hold gone{.outcome = Outcome::kGone, .why = restraint.path + " is gone"};
  if (restraint.limit) {
    told.add(restraint.path, Action::kLimit, id ? limits_.limit(*id) : gone);
  }
  if (restraint.repay) repay(restraint, told);
  if (restraint.gate_for > Nanoseconds{}) {
    told.add(restraint.path, Action::kGate, id ? gate(*id, restraint) : gone);
  }
}

void KernelLevers::repay(const fair::Restraint& restraint, Told& told) {
  if (!told.why_no_repaying.empty()) {
    told.add(restraint.path, Action::kRepay,
             {.outcome = Outcome::kUnavailable, .why = told.why_no_repaying});
    return;
  }
  auto collection =
      repayments_.collect(restraint.path, restraint.newly_owed, told.now, told.period);
  auto& counts = told.counts[restraint.path];
  counts.collected = collection.collected;
  counts.outstanding = collection.outstanding;
  told.add(restraint.path, Action::kRepay, std::move(collection.hold));
}

Hold KernelLevers::open_gate() {
  if (gate_) return {.outcome = Outcome::kApplied};
  if (!why_no_gate_) why_no_gate_ = Gate::why_not(roots_);
  if (why_no_gate_->empty()) {
    auto gate = Gate::open(hierarchy_.memory_on_v2);
    if (gate) {
      gate_ = *std::move(gate);
      return {.outcome = Outcome::kApplied};
    }
    // Neither lockdown nor the list of security modules changes while the machine runs.
    why_no_gate_ = gate.error().message;
  }
  return {.outcome = Outcome::kUnavailable, .why = *why_no_gate_};
}

Hold KernelLevers::gate(CgroupId cgroup, const fair::Restraint& restraint) {
  if (auto open = open_gate(); open.outcome != Outcome::kApplied) return open;
  const Gate::Terms terms{.how_long = restraint.gate_for,
                          .shut_for = restraint.shut_for,
                          .calls = restraint.gate_calls};
  if (auto held = gate_->hold(cgroup, terms); !held) {
    return {.outcome = Outcome::kFailed, .why = held.error().message};
  }
  shut_.try_emplace(cgroup, Shut{.path = restraint.path, .counted = {}});
  return {.outcome = Outcome::kApplied};
}

void KernelLevers::release_others(Told& told) {
  for (auto& hold : limits_.release_others(told.limited)) {
    told.add({}, Action::kLimit, std::move(hold));
  }
  for (auto& hold : repayments_.release_others(told.repaying)) {
    told.add({}, Action::kRepay, std::move(hold));
  }
  release_gates(told);
}

void KernelLevers::release_gates(Told& told) {
  if (!gate_) return;
  std::erase_if(shut_, [&](const auto& entry) {
    const auto& [cgroup, shut] = entry;
    if (std::ranges::binary_search(told.gated, cgroup)) return false;
    if (auto opened = gate_->release(cgroup); !opened) {
      told.add(shut.path, Action::kGate,
               {.outcome = Outcome::kFailed, .why = opened.error().message});
      return false;
    }
    gate_->forget(cgroup);
    return true;
  });
}

std::vector<fair::LeverCounts> KernelLevers::gate_counts() {
  std::vector<fair::LeverCounts> all;
  for (auto& [cgroup, shut] : shut_) {
    const auto calls = gate_->passed(cgroup);
    all.push_back({.path = shut.path,
                   .gate_refusals = calls.refused - shut.counted.refused,
                   .gate_admitted = calls.admitted - shut.counted.admitted,
                   .collected = {},
                   .outstanding = {}});
    shut.counted = calls;
  }
  return all;
}

Result<void> KernelLevers::release_all() {
  values_.begin(std::numeric_limits<int>::max());
  const auto report = tell({});
  std::string failures;
  for (const auto& outcome : report.outcomes) {
    if (outcome.outcome != Outcome::kFailed) continue;
    failures += (failures.empty() ? "" : "; ") + outcome.why;
  }
  gate_.reset();
  shut_.clear();
  if (!failures.empty()) return fail("not put back: " + failures);
  return {};
}

std::vector<fair::LeverReach> KernelLevers::reach() {
  if (!why_no_gate_) why_no_gate_ = Gate::why_not(roots_);
  return lever_reach(roots_, hierarchy_, *why_no_gate_);
}

}  // namespace pagefare
