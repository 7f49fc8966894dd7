// SPDX-License-Identifier: Apache-2.0
// Idle CPUs from /proc/stat, waiting tasks from /proc/pressure/cpu.
#pragma once

#include <string>
#include <string_view>

#include "controller/edge/roots.h"
#include "controller/ports/clock.h"
#include "controller/ports/cpu_meter.h"

namespace pagefare {

class ProcCpuMeter final : public CpuMeter {
 public:
  /// `clock` must outlive the meter.
  ProcCpuMeter(const Roots& roots, Clock& clock);

  /// Error: /proc/stat cannot be read or has another form. A kernel without PSI is no error.
  Result<steer::CpuCounters> read() override;

 private:
  std::string stat_;
  std::string pressure_;
  Clock& clock_;
  std::int64_t tick_ns_;
};

/// Time that all CPUs together were idle, and how many there are. Error: no such lines.
Result<steer::CpuCounters> parse_proc_stat(std::string_view text, std::int64_t tick_ns);

/// The total of the line "some" of a pressure file; nothing where it has another form.
std::optional<Nanoseconds> parse_pressure(std::string_view text);

}  // namespace pagefare
