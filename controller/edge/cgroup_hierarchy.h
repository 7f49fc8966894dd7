// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "controller/edge/roots.h"
#include "controller/ports/result.h"

namespace pagefare {

/// The hierarchy whose directories' inode numbers are the memcg ids.
struct CgroupHierarchy {
  std::string path;           ///< where it is mounted
  bool memory_on_v2 = false;  ///< false: a v1 memory hierarchy, alone or beside a v2 one
  /// The mount shows the whole hierarchy; false in a cgroup namespace or where only a part is
  /// mounted: cgroups outside have ids, but no path here.
  bool whole = true;
  std::optional<std::string> v2_path;  ///< the v2 mount, also where it has no memory controller
};

/// Reads PROC/self/mountinfo. Of several mounts, one that shows the whole hierarchy is preferred,
/// then one below roots.cgroup. Error: no mounted hierarchy has the memory controller; says why and
/// what to do.
Result<CgroupHierarchy> find_cgroup_hierarchy(const Roots& roots);

}  // namespace pagefare
