// SPDX-License-Identifier: Apache-2.0
// The keys of [steer].
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "controller/core/migration.h"
#include "controller/edge/config.h"
#include "controller/edge/config_key.h"

namespace pagefare {

std::vector<Key<SteerConfig>> steer_keys();

/// The kernel's name of a reason; nothing for any other text.
std::optional<MigrateReason> reason_named(std::string_view text);

}  // namespace pagefare
