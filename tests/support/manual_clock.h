// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/ports/clock.h"

namespace pagefare {

/// A clock that stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  Nanoseconds monotonic() override { return now_; }
  std::int64_t unix_ns() override { return now_.count(); }
  Nanoseconds thread_cpu() override { return cpu_ += cpu_per_look_; }

  void advance(Nanoseconds by) { now_ += by; }
  /// Every look at thread_cpu() takes so much CPU time.
  void set_cpu_per_look(Nanoseconds cpu) { cpu_per_look_ = cpu; }

 private:
  Nanoseconds now_ = std::chrono::hours(1);
  Nanoseconds cpu_{};
  Nanoseconds cpu_per_look_{};
};

}  // namespace pagefare
