// SPDX-License-Identifier: Apache-2.0
// What each BPF program costs by the kernel's own clock (BPF_ENABLE_STATS), in a run of its own:
// that clock costs more than some of the programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/overhead/load.h"
#include "tests/bench/overhead/watcher.h"

namespace pagefare::bench {

struct ProgramTime {
  std::string variant;
  std::string program;
  std::uint64_t runs = 0;
  double runs_per_unit = 0;
  double ns_per_run = 0;  ///< the kernel's two readings of the clock included
};

/// Runs the load once under each variant that has programs in the kernel. Error: statistics
/// cannot be turned on, or a variant failed.
Result<std::vector<ProgramTime>> measure_programs(const std::vector<Variant>& variants,
                                                  const Load& load);

/// BPF tracing links that exist now: what others have attached, before any variant is.
std::size_t tracing_links();

}  // namespace pagefare::bench
