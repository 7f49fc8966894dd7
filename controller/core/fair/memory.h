// SPDX-License-Identifier: Apache-2.0
// What outlives the daemon.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/fair/state.h"

namespace pagefare::fair {

/// More than these are not kept; the ones seen longest ago go first.
inline constexpr std::size_t kMaxRemembered = 10'000;

struct Remembered {
  std::string path;
  CgroupId id;  ///< of the holder itself, 0 when not known; means something in one boot only
  std::int64_t last_seen_unix_ns = 0;
  Dues dues;
  std::uint64_t gate_refusals = 0;
  Nanoseconds repaid{};

  bool operator==(const Remembered&) const = default;
};

struct Memory {
  std::string boot_id;
  std::vector<Remembered> tenants;  ///< sorted by path
  bool operator==(const Memory&) const = default;
};

}  // namespace pagefare::fair
