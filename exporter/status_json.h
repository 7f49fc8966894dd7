// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/core/snapshot.h"

namespace pagefare {

/// The snapshot as one JSON object on one line: integers throughout, times in nanoseconds (_ns),
/// cumulative since the start. Bytes of a name that are not UTF-8 are written as \xNN.
std::string status_json(const Snapshot& snapshot);

}  // namespace pagefare
