// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/cpu_use.h"

#include <algorithm>

namespace pagefare::steer {

CpuState cpu_state(const CpuCounters& before, const CpuCounters& now, Nanoseconds own) {
  const auto elapsed = static_cast<double>((now.at - before.at).count());
  const auto free = static_cast<double>((now.idle - before.idle + own).count());
  CpuState state;
  state.available = std::clamp(free / elapsed, 0.0, static_cast<double>(now.cpus));
  if (now.stalled && before.stalled) {
    const auto stalled = static_cast<double>((*now.stalled - *before.stalled).count());
    state.stalled = std::clamp(stalled / elapsed, 0.0, 1.0);
  }
  return state;
}

}  // namespace pagefare::steer
