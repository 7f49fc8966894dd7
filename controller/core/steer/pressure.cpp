// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/pressure.h"

#include <algorithm>

namespace pagefare::steer {

void WorkerCap::update(const CpuState& cpu, std::uint32_t running, const Manners& manners) {
  const bool stalled = cpu.stalled > manners.stalled_limit;
  double seen = cpu.available;
  if (stalled) {
    seen = std::min(seen, running / 2.0);
  }
  pressed_ = stalled || seen < workers_;
  eased_ = false;
  if (seen <= workers_) {
    workers_ = seen;
    calm_for_ = 0;
    return;
  }
  // The least of the calm periods counts: one quiet second does not bring all workers back.
  least_lately_ = calm_for_ == 0 ? seen : std::min(least_lately_, seen);
  ++calm_for_;
  if (calm_for_ >= manners.calm_periods) {
    workers_ = least_lately_;
    calm_for_ = 0;
    eased_ = true;
  }
}

}  // namespace pagefare::steer
