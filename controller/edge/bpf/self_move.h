// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/ports/result.h"

namespace pagefare {

/// Moves one page of our own to another node. Returns "from node A to node B".
/// Error: fewer than two nodes, or the kernel did not move it.
Result<std::string> move_page_of_our_own(const std::vector<std::int16_t>& nodes);

}  // namespace pagefare
