// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporter/status_parse.h"

namespace pagefare {

/// What `pagefare status` prints: sums since the start, the ten who pay most, what was lost,
/// warnings. Ends with a newline. `colour` allows terminal colours; nothing is asked of the
/// environment.
std::string status_text(const Status& status, bool colour);

}  // namespace pagefare
