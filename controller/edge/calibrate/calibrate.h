// SPDX-License-Identifier: Apache-2.0
// What this machine copies with one and with many workers: rows of a throughput table, by copying
// memory in user space, from memory near the first CPU to memory near the last. What migration
// costs beside copying is not in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "controller/edge/calibrate/topology.h"
#include "controller/edge/roots.h"
#include "controller/edge/tables/throughput_csv.h"
#include "controller/ports/result.h"

namespace pagefare::calibrate {

struct Terms {
  std::vector<Placement> placements{Placement::kFill};
  Nanoseconds time = std::chrono::seconds(20);  ///< all of it, memory and threads not counted
  std::function<bool()> stop;                   ///< asked between two calls; true ends it
};

/// A row and where its workers ran. Its rate is the median call's.
struct Measured {
  Placement placement{};
  simulate::TableRow row;
  double stddev = 0.0;  ///< of single calls' rates, GB/s
};

struct Calibration {
  std::string platform;
  std::vector<Measured> rows;
  bool stopped = false;  ///< before every row was measured
};

/// Lowers the process's priority for good. Takes at most 256 MiB of memory. Error: topology or
/// memory cannot be had.
Result<Calibration> calibrate(const Roots& roots, const Terms& terms);

/// In the published format; `series` is "calibrate-" and the placement.
std::string to_csv(const Calibration& calibration);

}  // namespace pagefare::calibrate
