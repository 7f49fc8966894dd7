// SPDX-License-Identifier: Apache-2.0
// What each reason asks of the engine, from a window of what was observed.
#pragma once

#include <cstdint>
#include <vector>

#include "controller/core/steer/reasons.h"
#include "controller/core/steer/view.h"
#include "controller/core/window.h"

namespace pagefare::steer {

/// The reasons that this build has a name for.
inline constexpr std::uint32_t kKnownReasons = (1U << 10U) - 1U;

struct ReasonTerms {
  Setting active;
  std::uint32_t admitted = ~0U;
  CpuState cpu;
  const std::vector<MigrateReason>& order;  ///< first to be served first
};

struct ReasonDemand {
  std::vector<ReasonLoad> loads;  ///< of all known reasons
  ReasonPolicy policy;
};

/// Engine time of threads is CPU time (callers' copying and workers'), of which there is as much as
/// CPUs are available; that of DMA is channel time, of which there is one second per second. A
/// reason that is not admitted would need, per byte, what those admitted need; where none is, the
/// time its callers copy.
ReasonDemand reason_demand(const Window& window, const ReasonTerms& terms);

}  // namespace pagefare::steer
