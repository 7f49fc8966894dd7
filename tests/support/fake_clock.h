// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/ports/clock.h"

namespace pagefare::test {

/// A clock that moves by hand; each look at the CPU time costs `cpu_per_look`.
class FakeClock : public Clock {
 public:
  Nanoseconds monotonic() override { return now; }
  std::int64_t unix_ns() override { return unix_start + now.count(); }
  Nanoseconds thread_cpu() override { return cpu += cpu_per_look; }

  Nanoseconds now{1'000'000'000};
  std::int64_t unix_start = 1'700'000'000'000'000'000;
  Nanoseconds cpu{};
  Nanoseconds cpu_per_look{};
};

}  // namespace pagefare::test
