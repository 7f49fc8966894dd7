// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/core/fair/restraint.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/roots.h"

namespace pagefare {

/// What each lever covers on this machine, or why it is not there; in the order of Action. Changes
/// nothing. `why_no_gate`: Gate::why_not(), or what became known since.
std::vector<fair::LeverReach> lever_reach(const Roots& roots, const CgroupHierarchy& hierarchy,
                                          const std::string& why_no_gate);

}  // namespace pagefare
