// SPDX-License-Identifier: Apache-2.0
// Budgets that pods ask for by annotation, or their namespace by label. Whoever may write these
// chooses weights and limits within the bounds of the configuration and within the budget that
// covers the pod already: never more than that, never what is done about it, never another cgroup.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/core/fair/budget.h"

namespace pagefare::fair {

/// What a pod may ask for at most.
struct PodBounds {
  std::uint32_t most_weight = 1000;
  std::optional<std::uint64_t> most_cpu_ppm;   ///< nothing = "max"
  std::optional<Bytes> most_bytes_per_second;  ///< nothing = "max"
  bool operator==(const PodBounds&) const = default;
};

/// What one pod asks for.
struct PodWish {
  std::string path;  ///< of the pod's own cgroup
  std::string pod;   ///< "namespace/name", for sentences
  std::optional<std::uint32_t> weight;
  std::optional<std::uint64_t> cpu_ppm;
  std::optional<Bytes> bytes_per_second;
  std::vector<std::string> faults;  ///< what of it means nothing, as sentences; left out above
  bool operator==(const PodWish&) const = default;
};

/// A wish, and the cgroups of that pod which have an account.
struct PodClaim {
  PodWish wish;
  std::vector<std::string> cgroups;
};

struct PodGrants {
  std::vector<Budget> budgets;      ///< to stand behind those of the policy
  std::vector<std::string> faults;  ///< what is not granted, or not as asked for, and why
  bool operator==(const PodGrants&) const = default;
};

/// By the path of the pod's cgroup. A grant has the actions and the burst of the budget that the
/// pod lives on without it, and no limit beyond the bounds or beyond those of a budget that the pod
/// holds itself. Nothing is granted to a pod that no budget covers (its weight would be taken from
/// those that the administrator has listed), to one with a budget for a cgroup within it (that one
/// would be less specific than the grant), or to one that the policy names by its path.
PodGrants grant(const Policy& policy, const PodBounds& bounds,
                const std::map<std::string, PodClaim>& claims);

}  // namespace pagefare::fair
