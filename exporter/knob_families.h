// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/knobs/state.h"
#include "exporter/family_set.h"

namespace pagefare {

/// One series per kind of alarm, zeros too, and one for each knob that we or somebody else hold.
void add_knobs(FamilySet& set, const KnobState& state);

}  // namespace pagefare
