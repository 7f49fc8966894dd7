// SPDX-License-Identifier: Apache-2.0
// How many CPUs are there for copying, from the kernel's counters.
#pragma once

#include <cstdint>
#include <optional>

#include "controller/core/quantity.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

/// Counters of the whole machine, rising since its boot.
struct CpuCounters {
  Nanoseconds at{};    ///< monotonic time of the reading
  Nanoseconds idle{};  ///< summed over CPUs, waiting for I/O included
  std::uint32_t cpus = 0;
  std::optional<Nanoseconds> stalled;  ///< some task waited for a CPU (PSI); none: not told
};

/// What was available between two readings: idle, or busy with our own copying (`own`: CPU time).
/// At most as many as there are CPUs. Without PSI nothing counts as stalled; then only what is idle
/// limits the workers. Precondition: now.at > before.at.
CpuState cpu_state(const CpuCounters& before, const CpuCounters& now, Nanoseconds own);

}  // namespace pagefare::steer
