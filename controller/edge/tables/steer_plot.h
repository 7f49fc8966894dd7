// SPDX-License-Identifier: Apache-2.0
// A simulated run as a picture: throughput over time above, the setting in use below.
#pragma once

#include <string>
#include <vector>

#include "controller/core/simulate/report.h"
#include "controller/core/simulate/run.h"
#include "controller/ports/result.h"

namespace pagefare::tables {

struct PlotInput {
  std::string title;
  const simulate::Machine& machine;
  const simulate::Workload& workload;
  const std::vector<simulate::PeriodRecord>& records;
};

/// The picture as an SVG document.
std::string steer_plot(const PlotInput& input);
/// Writes it; fails naming `path`.
Result<void> write_steer_plot(const PlotInput& input, const std::string& path);

}  // namespace pagefare::tables
