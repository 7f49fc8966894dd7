// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/fair/state.h"
#include "exporter/family_set.h"

namespace pagefare {

/// What was shared out and what was done. Nothing while no budget is set.
void add_fair_families(FamilySet& set, const fair::FairState& state);

}  // namespace pagefare
