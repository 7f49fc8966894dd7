// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "controller/daemon/doctor.h"
#include "controller/edge/roots.h"
#include "controller/ports/clock.h"

namespace pagefare {

/// The copy engines that are here, with the versions of their modules, and what is wrong with the
/// knobs: one finding each.
void examine_knobs(const Roots& roots, Clock& clock, std::vector<Finding>& findings);

}  // namespace pagefare
