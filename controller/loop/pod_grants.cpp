// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/pod_grants.h"

#include <optional>
#include <utility>

namespace pagefare {

void PodGrantBook::add(CgroupId id, std::string_view path) {
  paths_.insert_or_assign(id, std::string(path));
  stale_ = true;
}

void PodGrantBook::forget(CgroupId id) {
  stale_ = paths_.erase(id) > 0 || stale_;
}

bool PodGrantBook::refresh(const fair::Policy& policy) {
  const std::uint64_t generation = pods_.generation();
  if (!stale_ && generation == seen_ && policy.budgets == under_) return false;
  stale_ = false;
  seen_ = generation;
  under_ = policy.budgets;
  std::map<std::string, fair::PodClaim> claims;
  for (const auto& [id, path] : paths_) {
    std::optional<fair::PodWish> wish = pods_.wish(path);
    if (!wish) continue;
    fair::PodClaim& claim = claims[wish->path];
    claim.wish = *std::move(wish);
    claim.cgroups.push_back(path);
  }
  const fair::PodGrants before = std::exchange(grants_, fair::grant(policy, bounds_, claims));
  return before != grants_;
}

fair::Policy PodGrantBook::with_grants(fair::Policy policy) const {
  policy.budgets.insert(policy.budgets.end(), grants_.budgets.begin(), grants_.budgets.end());
  return policy;
}

}  // namespace pagefare
