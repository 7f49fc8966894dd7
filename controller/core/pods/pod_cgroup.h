// SPDX-License-Identifier: Apache-2.0
// Which pod and container a cgroup path belongs to, as the kubelet and the runtimes build it.
//
// Shapes: kubelet's cgroup names (pkg/kubelet/cm/cgroup_manager_linux.go), for its systemd driver
// ".../kubepods-burstable-pod<uid with _ for ->.slice" and for its cgroupfs driver
// ".../kubepods/burstable/pod<uid>"; below it the runtime's: "cri-containerd-<id>.scope",
// "crio-<id>.scope", "docker-<id>.scope", or the plain id. containerd without its systemd setting
// under a systemd kubelet writes "<slice>:cri-containerd:<id>" as one component.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace pagefare {

struct PodCgroup {
  std::string uid;        ///< with dashes, as the API server has it
  std::string container;  ///< 64 hexadecimal digits; empty for the pod's own cgroup
  auto operator<=>(const PodCgroup&) const = default;
};

/// The pods on the way from the root to this cgroup, the outermost first: in a cluster within a
/// container of another cluster both match. Empty for a path that is no pod's. A cgroup that a
/// container made within itself belongs to the container.
std::vector<PodCgroup> pods_on_path(std::string_view path);

}  // namespace pagefare
