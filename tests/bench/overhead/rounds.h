// SPDX-License-Identifier: Apache-2.0
// Rounds of visits: each round runs the load once under each variant, in random order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/overhead/load.h"
#include "tests/bench/overhead/watcher.h"

namespace pagefare::bench {

struct Visit {
  double ns_per_unit = 0;
  double seen = 0;                  ///< units the watcher counted, of those there were; 0: none
  double consumer_ns_per_unit = 0;  ///< CPU time of the watcher's own thread
};

/// By variant, one visit per round.
using Visits = std::map<std::string, std::vector<Visit>>;

struct RoundSettings {
  int rounds = 24;
  std::uint64_t seed = 1;
  bool quiet = false;
};

/// Error: the load or a watcher failed; says in which variant.
Result<Visits> run_rounds(const std::vector<Variant>& variants, const Load& load,
                          const RoundSettings& settings);

}  // namespace pagefare::bench
