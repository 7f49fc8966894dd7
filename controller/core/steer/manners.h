// SPDX-License-Identifier: Apache-2.0
// How the governor behaves whatever it wants.
#pragma once

#include <cstdint>

namespace pagefare::steer {

struct Manners {
  std::uint32_t search_periods = 13;  ///< after a change, settings may change at every period
  double searches_at_once = 2.0;      ///< so many may follow each other
  double searching_share = 0.15;      ///< of all periods in the long run, however much changes
  std::uint32_t dwell_periods = 10;   ///< otherwise a setting is kept at least this long
  double horizon = 100.0;             ///< periods over which a better setting is expected to pay
  double exploring_share = 0.15;      ///< of all periods outside searches
  double guard_share = 0.02;          ///< time that may be lost against the unmodified kernel
  double guard_periods = 3.0;         ///< and this many periods' worth on top
  double least_copy_share = 0.05;     ///< of a migration's time; below, copying is not the cost
  std::uint64_t least_call_bytes = 16384;  ///< used where that share is not known
  double stalled_limit = 0.20;             ///< PSI above which workers are halved
  std::uint32_t calm_periods = 3;          ///< idle CPUs are believed in after so many periods
};

}  // namespace pagefare::steer
