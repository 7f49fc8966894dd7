// SPDX-License-Identifier: Apache-2.0
// How much there is to share out.
#pragma once

#include <cstdint>
#include <optional>

#include "controller/core/fair/amounts.h"
#include "controller/core/fair/budget.h"

namespace pagefare::fair {

/// The machine in one period, as far as capacity goes.
struct MachineState {
  Nanoseconds duration{};
  std::uint32_t cpus = 1;
  /// Share of the time in which some task waited for a CPU (PSI); nothing where it is not known.
  std::optional<std::uint32_t> stalled_ppm;
};

class Capacity {
 public:
  /// What a period like this one had to share out. `used` by everybody in it.
  /// "auto": all CPUs while they are enough. Once tasks wait for a CPU (over kTight) the capacity
  /// is what was copied in that period: copying is not to take more from the rest, and what it
  /// takes is shared. It grows by an eighth per period while nobody waits (under kLoose).
  Amounts of(const Policy& policy, const MachineState& machine, const Amounts& used);

 private:
  static constexpr std::uint32_t kTight = 200'000;
  static constexpr std::uint32_t kLoose = 100'000;

  std::uint64_t from_pressure(const MachineState& machine, std::uint64_t used);

  std::uint64_t auto_ppm_ = UINT64_MAX;  // of one CPU
};

}  // namespace pagefare::fair
