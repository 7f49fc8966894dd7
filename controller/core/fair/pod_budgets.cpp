// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/pod_budgets.h"

#include <algorithm>
#include <set>
#include <utility>

#include "controller/core/fair/glob.h"
#include "controller/core/fair/holders.h"

namespace pagefare::fair {
namespace {

template <typename Number>
std::optional<Number> smaller(std::optional<Number> a, std::optional<Number> b) {
  if (!a) return b;
  return b ? std::min(*a, *b) : a;
}

class Granting {
 public:
  Granting(const Policy& policy, const PodBounds& bounds)
      : policy_(policy), bounds_(bounds), holders_(policy.budgets) {}

  void look_at(const PodClaim& claim) {
    for (const std::string& fault : claim.wish.faults) say(fault);
    if (!claim.wish.weight && !claim.wish.cpu_ppm && !claim.wish.bytes_per_second) return;
    if (auto why = why_not(claim)) {
      grants_.faults.push_back(claim.wish.pod + ": what it asks for is ignored: " + *why);
    } else {
      grants_.budgets.push_back(budget_for(claim.wish));
    }
  }

  PodGrants grants() && { return std::move(grants_); }

 private:
  /// Once: all pods of a namespace share the faults of its labels.
  void say(const std::string& fault) {
    if (said_.insert(fault).second) grants_.faults.push_back(fault);
  }

  static bool is_literal(const std::string& path) {
    return path.find_first_of("*?") == std::string::npos && !find_fault(path);
  }

  std::optional<std::string> why_not(const PodClaim& claim) const {
    const std::string& path = claim.wish.path;
    if (!is_literal(path)) return "its cgroup's path cannot be written as a match";
    if (holders_.on_the_way_to(path).empty()) {
      return "no [[budget]] covers it; write one for what is above it, as /kubepods.slice";
    }
    if (std::ranges::find(policy_.budgets, path, &Budget::match) != policy_.budgets.end()) {
      return "a [[budget]] names its cgroup, and stands";
    }
    const auto has_a_budget_within = [&](const std::string& cgroup) {
      return holders_.on_the_way_to(cgroup).back().path.size() > path.size();
    };
    if (std::ranges::any_of(claim.cgroups, has_a_budget_within)) {
      return "a [[budget]] is for a cgroup within it, and stands";
    }
    return std::nullopt;
  }

  /// Said once per pod, whatever was beyond.
  void say_beyond(const PodWish& wish, const Budget& given) {
    const bool less = (wish.weight && given.weight < *wish.weight) ||
                      (wish.cpu_ppm && *given.cpu_ppm < *wish.cpu_ppm) ||
                      (wish.bytes_per_second && *given.bytes_per_second < *wish.bytes_per_second);
    if (less) {
      grants_.faults.push_back(wish.pod +
                               ": asks for more than it may have; it has the most that "
                               "[kubernetes] and its [[budget]] allow");
    }
  }

  Budget budget_for(const PodWish& wish) {
    const Holder holder = holders_.on_the_way_to(wish.path).back();
    const Budget& base = policy_.budgets[holder.budget];
    Budget given;
    given.match = wish.path;
    given.burst = base.burst;
    given.actions = base.actions;
    given.cpu_ppm = smaller(wish.cpu_ppm, bounds_.most_cpu_ppm);
    given.bytes_per_second = smaller(wish.bytes_per_second, bounds_.most_bytes_per_second);
    // Of a holder above it the limits hold for all below together.
    if (holder.path == wish.path) {
      given.weight = base.weight;
      given.cpu_ppm = smaller(given.cpu_ppm, base.cpu_ppm);
      given.bytes_per_second = smaller(given.bytes_per_second, base.bytes_per_second);
    }
    if (wish.weight) given.weight = std::min(*wish.weight, bounds_.most_weight);
    say_beyond(wish, given);
    return given;
  }

  const Policy& policy_;
  const PodBounds& bounds_;
  Holders holders_;
  PodGrants grants_;
  std::set<std::string> said_;
};

}  // namespace

PodGrants grant(const Policy& policy, const PodBounds& bounds,
                const std::map<std::string, PodClaim>& claims) {
  Granting granting(policy, bounds);
  for (const auto& [path, claim] : claims) granting.look_at(claim);
  return std::move(granting).grants();
}

}  // namespace pagefare::fair
