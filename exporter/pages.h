// SPDX-License-Identifier: Apache-2.0
// What the daemon answers to which request; no sockets here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exporter/snapshot_holder.h"

namespace pagefare {

struct Page {
  unsigned status = 200;
  std::string_view content_type;
  std::string body;
  std::string_view security_policy;  ///< Content-Security-Policy; empty for none
};

/// 200 "ok" while the last snapshot is younger than max(10 s, 5 periods), else 503 with the reason.
/// Before the first snapshot the age counts from the holder's making.
Page live_page(const HeldSnapshot& held);

/// 503 with the reason while there is no snapshot, no layer is attached, or less than
/// `min_completeness_ppm` of what was measured is charged to somebody; else 200 "ok".
Page ready_page(const HeldSnapshot& held, std::uint32_t min_completeness_ppm);

/// The answer to GET or HEAD of `path` (405 for other methods, 404 for unknown paths).
Page answer(std::string_view method, std::string_view path, const SnapshotHolder& holder,
            std::uint32_t min_completeness_ppm);

}  // namespace pagefare
