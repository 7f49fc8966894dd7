// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/ports/clock.h"

namespace pagefare {

/// The kernel's clocks: CLOCK_MONOTONIC, CLOCK_REALTIME and CLOCK_THREAD_CPUTIME_ID.
class SystemClock final : public Clock {
 public:
  Nanoseconds monotonic() override;
  std::int64_t unix_ns() override;
  Nanoseconds thread_cpu() override;
};

}  // namespace pagefare
