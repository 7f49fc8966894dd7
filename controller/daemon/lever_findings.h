// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "controller/daemon/doctor.h"
#include "controller/edge/roots.h"

namespace pagefare {

/// What could be done here about cgroups over their budget: a finding per lever. Changes nothing.
std::vector<Finding> examine_levers(const Roots& roots);

}  // namespace pagefare
