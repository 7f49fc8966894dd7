// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "controller/core/knobs/state.h"

namespace pagefare {

/// rows, alarms, active and offered; the part "knobs" of /status and the output of `pagefare
/// knobs`.
nlohmann::ordered_json knobs_json(const KnobState& state);

}  // namespace pagefare
