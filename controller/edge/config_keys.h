// SPDX-License-Identifier: Apache-2.0
// The keys that stand outside every section.
#pragma once

#include <span>

#include "controller/edge/config.h"
#include "controller/edge/config_key.h"

namespace pagefare {

using ConfigKey = Key<Config>;

/// In the order in which they are shown.
std::span<const ConfigKey> config_keys();

}  // namespace pagefare
