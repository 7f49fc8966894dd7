// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/edge/record/replay.h"

namespace pagefare::record {

/// An SVG document: measured throughput over the periods above, below the setting in use and the
/// one that the replay is going to.
std::string replay_plot(const Replay& replay, const std::string& title);

}  // namespace pagefare::record
