// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/core/knobs/state.h"
#include "controller/ports/result.h"

namespace pagefare {

/// The list that `pagefare knobs` prints: alarms first, red where they lose data.
std::string knobs_text(const KnobState& state, bool colour);

/// What the part "knobs" of a daemon's /status says of grips, put on the rows of the same names;
/// those that somebody else holds become alarms. Precondition: a state without grips.
Result<void> add_grips(KnobState& state, const std::string& status_text);

}  // namespace pagefare
