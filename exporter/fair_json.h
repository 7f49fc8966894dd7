// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "controller/core/fair/state.h"

namespace pagefare {

/// The "fair" part of /status. What is not scarce or capped is null.
nlohmann::json fair_json(const fair::FairState& state);

}  // namespace pagefare
