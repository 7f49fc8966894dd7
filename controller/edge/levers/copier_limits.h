// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/core/fair/restraint.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/levers/held_values.h"
#include "controller/edge/roots.h"

namespace pagefare {

/// Lines of the copy module's table: a cgroup in it copies alone, on its own CPU time. Only lines
/// of ours are ever changed; a line that somebody else wrote stands, whatever it says.
class CopierLimits {
 public:
  CopierLimits(const Roots& roots, CgroupHierarchy hierarchy, HeldValues& values);

  /// Why there is no such lever now; empty where there is.
  static std::string why_not(const Roots& roots, const CgroupHierarchy& hierarchy);

  /// The cgroup copies alone from now on.
  Hold limit(CgroupId cgroup);
  /// Takes away our lines of cgroups that are not in `wanted` (sorted); what did not work. Comes
  /// first in a period: after a full table no line is tried until the next one.
  std::vector<Hold> release_others(const std::vector<CgroupId>& wanted);

 private:
  Roots roots_;
  CgroupHierarchy hierarchy_;
  std::string path_;
  HeldValues* values_;
  std::string why_full_;  // since the last release_others()
};

}  // namespace pagefare
