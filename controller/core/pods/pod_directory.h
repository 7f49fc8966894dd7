// SPDX-License-Identifier: Apache-2.0
// The pods of this machine by uid, as far as they are known; those just deleted stay for a while,
// since their cgroups are still counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/pods/pod_cgroup.h"
#include "controller/core/quantity.h"

namespace pagefare {

/// What a cgroup is called in the cluster.
struct PodName {
  std::string name_space;
  std::string pod;
  std::string container;  ///< empty for the pod's own cgroup and for containers not yet known
  auto operator<=>(const PodName&) const = default;
};

/// How well the names of pods are known.
struct PodNamesStatus {
  bool wanted = false;    ///< there is a cluster to ask
  bool complete = false;  ///< all pods of this node were heard of, and nothing failed since
  std::uint64_t pods = 0;
  std::map<std::string, std::uint64_t> failures;  ///< requests by cause; every cause is there
  std::string last_error;                         ///< empty when the last request went well
  std::string labels_error;  ///< the same of the labels of namespaces, where they are wanted
};

struct Pod {
  std::string uid;
  /// Of a static pod: the uid that the kubelet built the cgroup from, before the API server knew
  /// the pod (annotation kubernetes.io/config.hash). Empty for others.
  std::string static_uid;
  std::string name_space;
  std::string name;
  std::map<std::string, std::string> containers;   ///< name by id, init and ephemeral ones included
  std::map<std::string, std::string> annotations;  ///< those of pagefare.io only
  bool operator==(const Pod&) const = default;
};

class PodDirectory {
 public:
  /// Deleted pods are remembered for `remember`, at most `most_deleted` of them.
  PodDirectory(Nanoseconds remember, std::size_t most_deleted)
      : remember_(remember), most_deleted_(most_deleted) {}

  void put(Pod pod);
  /// Unknown uids change nothing.
  void remove(const std::string& uid, Nanoseconds now);
  /// The answer to a list: pods that are not in it were deleted.
  void replace(std::vector<Pod> pods, Nanoseconds now);
  /// Forgets pods deleted long enough ago.
  void expire(Nanoseconds now);

  /// The outermost pod of the path that is known.
  std::optional<PodName> find(std::string_view cgroup_path) const;
  const Pod* find_pod(std::string_view cgroup_path) const;
  /// The part of the path that is the own cgroup of find_pod(); nothing where there is none.
  std::optional<std::string_view> find_pod_path(std::string_view cgroup_path) const;

  std::size_t living() const { return pods_.size() - deleted_.size(); }
  std::size_t remembered() const { return deleted_.size(); }

 private:
  void drop(const std::string& uid);
  const Pod* by_uid(const std::string& uid) const;

  Nanoseconds remember_;
  std::size_t most_deleted_;
  std::map<std::string, Pod> pods_;
  std::map<std::string, std::string> uid_of_static_;
  std::map<std::string, Nanoseconds> deleted_;  // uid: since
};

}  // namespace pagefare
