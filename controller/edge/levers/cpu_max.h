// SPDX-License-Identifier: Apache-2.0
// The files of a cgroup's CPU controller, cgroup v2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controller/core/fair/repay.h"

namespace pagefare {

/// "50000 100000" of cpu.max, in microseconds. Nothing for "max 100000" and for what is no cpu.max.
std::optional<fair::CpuQuota> parse_cpu_max(std::string_view text);
/// As the kernel prints it, without the line's end.
std::string cpu_max_text(fair::CpuQuota quota);

/// "usage_usec N" of cpu.stat; nothing where it is missing.
std::optional<Nanoseconds> parse_usage(std::string_view cpu_stat);

/// cpu.max.burst, in microseconds; 0 for anything else.
Nanoseconds parse_burst(std::string_view text);

}  // namespace pagefare
