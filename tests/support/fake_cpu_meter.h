// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/ports/cpu_meter.h"

namespace pagefare::test {

/// Each reading is one second after the last one.
class FakeCpuMeter : public CpuMeter {
 public:
  Result<steer::CpuCounters> read() override {
    if (!error.empty()) return fail(error);
    counters_.at += std::chrono::seconds(1);
    counters_.idle += Nanoseconds(static_cast<std::int64_t>(idle_cpus * 1e9));
    counters_.cpus = 64;
    counters_.stalled = counters_.stalled.value_or(Nanoseconds{}) +
                        Nanoseconds(static_cast<std::int64_t>(stalled * 1e9));
    return counters_;
  }

  double idle_cpus = 64.0;
  double stalled = 0.0;
  std::string error;

 private:
  steer::CpuCounters counters_;
};

}  // namespace pagefare::test
