// SPDX-License-Identifier: Apache-2.0
// The demo's cgroups: made, filled, and removed again whatever happens.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/demo/memory_hierarchy.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

/// A plan of /PARENT/CHILD in each hierarchy that matters. Passive: copy it freely; whoever holds
/// a copy can remove what it names.
class DemoCgroups {
 public:
  /// parent is one path component. with_cpuset: also be able to confine children to nodes.
  DemoCgroups(CgroupRoots roots, std::string parent, std::vector<std::string> children,
              bool with_cpuset);

  /// Fails when somebody lives in cgroups of this name; removes empty ones of a killed run; makes
  /// ours, enabling v2 controllers where they are not. On failure nothing of ours is left.
  Result<void> create();
  /// Kills who lives in them, waits until they are gone, removes the cgroups and disables the
  /// controllers that create() enabled. Does nothing for cgroups that do not exist.
  Result<void> remove() const;

  Result<void> admit(const std::string& child, pid_t pid) const;
  /// The id that the memory controller's hierarchy gives the child.
  Result<CgroupId> id(const std::string& child) const;
  /// Path below the hierarchy's root, as CgroupNames gives it.
  std::string path(const std::string& child) const { return "/" + parent_ + "/" + child; }
  bool has_cpuset() const { return with_cpuset_; }
  /// Confines the child to a list of nodes; "" allows all of the parent's.
  Result<void> set_nodes(const std::string& child, const std::string& nodes) const;

 private:
  Result<void> make_all();
  Result<void> enable_controllers();
  Result<void> enable(const std::filesystem::path& group, const std::string& controller, bool ours);
  Result<void> open_cpuset(const std::filesystem::path& group) const;
  std::vector<pid_t> inhabitants() const;
  Result<void> remove_directories() const;

  CgroupRoots roots_;
  std::string parent_;
  std::vector<std::string> children_;
  bool with_cpuset_;
  std::vector<std::filesystem::path> hierarchies_;
  std::vector<std::string> enabled_;  ///< controllers that create() enabled at the v2 root
};

}  // namespace pagefare::demo
