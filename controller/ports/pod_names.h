// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controller/core/fair/pod_budgets.h"
#include "controller/core/pods/pod_directory.h"

namespace pagefare {

/// What the cluster calls cgroups.
class PodNames {
 public:
  PodNames() = default;
  PodNames(const PodNames&) = delete;
  PodNames& operator=(const PodNames&) = delete;
  virtual ~PodNames() = default;

  /// The name of a pod's or container's cgroup; nothing for other cgroups and for pods that are not
  /// known (yet). Never waits.
  virtual std::optional<PodName> find(std::string_view cgroup_path) = 0;

  /// What the pod that this cgroup lies in asks for by its annotations and the labels of its
  /// namespace; nothing where there are none, and where its own cgroup is not on the path. Never
  /// waits.
  virtual std::optional<fair::PodWish> wish(std::string_view cgroup_path) = 0;

  virtual PodNamesStatus status() const = 0;

  /// Changes whenever an answer of find() or wish() may have changed.
  virtual std::uint64_t generation() const = 0;
};

}  // namespace pagefare
