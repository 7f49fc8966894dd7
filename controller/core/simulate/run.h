// SPDX-License-Identifier: Apache-2.0
// The wheel of the simulator: a driver against a machine, one period after the other. A period is
// a second of copying; a setting written after one period is in use in the next.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "controller/core/simulate/machine.h"
#include "controller/core/simulate/workload.h"
#include "controller/core/steer/decision.h"
#include "controller/core/steer/governor.h"

namespace pagefare::simulate {

struct PeriodRecord {
  std::size_t phase = 0;
  steer::Setting setting;
  steer::Setting oracle;
  double gbps = 0.0;  ///< true rate, without the noise of measuring it
  double oracle_gbps = 0.0;
  double cpu_s_per_gb = 0.0;
  std::uint32_t writes = 0;  ///< knobs written after this period
};

/// Returns the knobs for the next period.
using Driver = std::function<steer::Knobs(const steer::View&)>;

/// What makes measuring harder than evenly noisy rates do: a machine shared with many, an emulated
/// one. All of it is in what is measured; the true rates stay what they are.
struct Weather {
  double outliers = 0.0;  ///< share of measurements whose noise is three times as large
  double wander = 0.0;    ///< step per period of a level, the same for all settings, that comes
                          ///< back to 0 within some thirty periods
  double strays = 0.0;    ///< share of periods in which calls of half the size are seen instead
};

struct Play {
  const Machine* machine = nullptr;
  const Workload* workload = nullptr;
  double noise = 0.1;  ///< standard deviation of the logarithm of each measured rate
  std::uint64_t seed = 1;
  Weather weather{};
};

/// The knobs as a kernel boots with them: off, four threads, one channel, as far as there are.
steer::Knobs boot_knobs(const Machine& machine);

std::vector<PeriodRecord> play(const Play& play, const Driver& driver);

/// play() with the governor as driver. `decisions`, if given, receives those that are not "hold".
std::vector<PeriodRecord> play_governor(const Play& play, steer::Governor governor,
                                        std::vector<steer::Decision>* decisions = nullptr);

}  // namespace pagefare::simulate
