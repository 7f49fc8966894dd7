// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "controller/core/quantity.h"

namespace pagefare {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual Nanoseconds monotonic() = 0;
  virtual std::int64_t unix_ns() = 0;
  /// CPU time of the calling thread.
  virtual Nanoseconds thread_cpu() = 0;
};

}  // namespace pagefare
