// SPDX-License-Identifier: Apache-2.0
// How many workers may run: what is idle, at once downwards, after a few calm periods upwards.
#pragma once

#include <cstdint>

#include "controller/core/steer/manners.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

class WorkerCap {
 public:
  /// Takes in one period. `running` is the number of worker threads in use.
  void update(const CpuState& cpu, std::uint32_t running, const Manners& manners);
  bool allows(Setting setting) const {
    return setting.engine != Engine::kThreads || setting.workers <= workers_ + 0.1;
  }
  double workers() const { return workers_; }
  /// The last period lowered the cap, or CPUs were waited for.
  bool pressed() const { return pressed_; }
  /// The last period raised it.
  bool eased() const { return eased_; }

 private:
  double workers_ = 1e9;
  double least_lately_ = 1e9;
  std::uint32_t calm_for_ = 0;
  bool pressed_ = false;
  bool eased_ = false;
};

}  // namespace pagefare::steer
