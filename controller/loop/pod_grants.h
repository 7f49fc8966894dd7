// SPDX-License-Identifier: Apache-2.0
// Keeps the budgets that pods ask for in step with the pods and with the cgroups that are counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/fair/pod_budgets.h"
#include "controller/core/quantity.h"
#include "controller/ports/pod_names.h"

namespace pagefare {

class PodGrantBook {
 public:
  /// `pods` must outlive the book.
  PodGrantBook(PodNames& pods, fair::PodBounds bounds) : pods_(pods), bounds_(bounds) {}

  /// A cgroup that has an account now, and one that is gone.
  void add(CgroupId id, std::string_view path);
  void forget(CgroupId id);

  /// Looks again where something may have changed. Whether the grants did.
  bool refresh(const fair::Policy& policy);

  /// `policy` with the budgets that were granted.
  fair::Policy with_grants(fair::Policy policy) const;
  const fair::PodGrants& grants() const { return grants_; }

 private:
  PodNames& pods_;
  fair::PodBounds bounds_;
  std::map<CgroupId, std::string> paths_;
  std::uint64_t seen_ = 0;  // generation of the names
  bool stale_ = false;
  std::vector<fair::Budget> under_;  // budgets of the policy that the grants were made under
  fair::PodGrants grants_;
};

}  // namespace pagefare
