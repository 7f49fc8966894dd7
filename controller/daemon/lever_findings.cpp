// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/lever_findings.h"

#include "controller/daemon/observation.h"
#include "controller/edge/levers/gate.h"
#include "controller/edge/levers/reach.h"

namespace pagefare {

std::vector<Finding> examine_levers(const Roots& roots) {
  std::vector<Finding> findings;
  const auto hierarchy = find_memory_cgroups(roots);
  if (!hierarchy) return findings;  // said where cgroups are examined
  for (const auto& reach : lever_reach(roots, *hierarchy, Gate::why_not(roots))) {
    findings.push_back({.name = "lever " + std::string(fair::name(reach.lever)),
                        .required = false,
                        .ok = reach.available,
                        .why = reach.why,
                        .remedy = ""});
  }
  return findings;
}

}  // namespace pagefare
