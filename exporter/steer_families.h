// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/steer/state.h"
#include "exporter/family_set.h"

namespace pagefare {

/// What is steered and what was decided. All rules and outcomes that were ever counted are written.
void add_steer_families(FamilySet& set, const steer::SteerState& state);

}  // namespace pagefare
