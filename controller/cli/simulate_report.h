// SPDX-License-Identifier: Apache-2.0
// A simulated run as text for people and as JSON for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/simulate/report.h"

namespace pagefare {

struct SimulateHeading {
  std::string platform;
  std::string workload;
  std::string objective;
  std::string prior;
  std::string driver;
  double noise = 0.0;
  std::uint64_t seed = 0;
  std::vector<std::string> notes;
};

/// The names in it are kept from version to version; what was not measured is null.
std::string simulate_json(const SimulateHeading& heading, const simulate::Machine& machine,
                          const simulate::Report& report);
std::string simulate_text(const SimulateHeading& heading, const simulate::Machine& machine,
                          const simulate::Report& report);

}  // namespace pagefare
