// SPDX-License-Identifier: Apache-2.0
// Which CPUs share a last-level cache and a node, and in which order workers take them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/edge/roots.h"
#include "controller/ports/result.h"

namespace pagefare::calibrate {

struct Cpu {
  int number = 0;
  int cache = 0;  ///< lowest CPU of those that share its last-level cache
  int node = 0;
};

/// The placements of the copy module (docs/kmod.md).
enum class Placement : std::uint8_t { kFill, kSpread, kNode };
inline constexpr int kPlacements = 3;
std::string_view name(Placement placement);

/// CPUs that this process may run on, by number. Error: sysfs cannot be read.
Result<std::vector<Cpu>> read_topology(const Roots& roots);

/// CPUs in the order in which workers are put on them; the first is the caller's. kFill: its cache,
/// its node, the others. kSpread: one of each cache in turn. kNode: those of `node` only, unless it
/// has none. Precondition: `cpus` is not empty.
std::vector<int> order_of(const std::vector<Cpu>& cpus, Placement placement, int node);

}  // namespace pagefare::calibrate
