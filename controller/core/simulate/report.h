// SPDX-License-Identifier: Apache-2.0
// What a run came to. All rates answer one question: how long would it have taken to move the
// bytes that this run moved?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/core/simulate/run.h"

namespace pagefare::simulate {

struct StaticFigures {
  steer::Setting setting;
  double gbps = 0.0;
  double cpu_s_per_gb = 0.0;
};

struct Figures {
  double oracle_gbps = 0.0;
  double achieved_gbps = 0.0;
  std::optional<double> vanilla_gbps;  ///< none where a class has no row of the unmodified kernel
  StaticFigures best_static;
  double regret = 0.0;              ///< 1 - time of the oracle / our time
  double regret_second_half = 0.0;  ///< over the second half of each phase
  double cpu_s_per_gb = 0.0;
  std::uint64_t periods = 0;
  std::uint64_t writes = 0;
  std::uint64_t flaps = 0;
};

struct PhaseFigures {
  Figures figures;
  const Phase* phase = nullptr;
  std::uint64_t first_period = 0;
  /// Periods until the setting was first kept for kSettledPeriods.
  std::uint64_t settled_after = 0;
  /// Periods until the mean regret of ten periods was first at most 3 %; none if never.
  std::optional<std::uint64_t> recovered_after;
};

struct Report {
  Figures total;
  std::vector<PhaseFigures> phases;
};

inline constexpr std::uint64_t kSettledPeriods = 10;
/// A flap: back to a setting that was left at most so many periods ago, in the steady state: the
/// mix has been the same for kSettlingPeriods and the machine for kRecoveryPeriods.
inline constexpr std::uint64_t kFlapPeriods = 10;
inline constexpr std::uint64_t kSettlingPeriods = 15;
inline constexpr std::uint64_t kRecoveryPeriods = 30;

Report report(const Machine& machine, const Workload& workload,
              const std::vector<PeriodRecord>& records);

}  // namespace pagefare::simulate
