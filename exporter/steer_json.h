// SPDX-License-Identifier: Apache-2.0
// Steering as JSON: in short for /status, with every number for /explain.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "controller/core/steer/state.h"

namespace pagefare {

/// The last few decisions by their sentences alone.
nlohmann::json steer_json(const steer::SteerState& state);

/// All decisions that are kept, with what was predicted of each setting and why it was not chosen,
/// oldest first; `text` of each is the same for people.
std::string explain_json(const steer::SteerState& state, std::string_view mode);

}  // namespace pagefare
