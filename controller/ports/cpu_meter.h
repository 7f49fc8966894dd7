// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/steer/cpu_use.h"
#include "controller/ports/result.h"

namespace pagefare {

/// How busy the machine's CPUs are, whoever uses them.
class CpuMeter {
 public:
  CpuMeter() = default;
  CpuMeter(const CpuMeter&) = delete;
  CpuMeter& operator=(const CpuMeter&) = delete;
  virtual ~CpuMeter() = default;

  virtual Result<steer::CpuCounters> read() = 0;
};

}  // namespace pagefare
