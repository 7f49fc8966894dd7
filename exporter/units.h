// SPDX-License-Identifier: Apache-2.0
// Figures for people. Machines get integers.
#pragma once

#include <cstdint>
#include <string>

#include "controller/core/quantity.h"

namespace pagefare {

/// "0 B", "512 B", "1.5 GiB".
std::string human_bytes(std::uint64_t bytes);

/// "850 ns", "12.3 ms", "4.56 s", "2 min 3 s", "3 h 4 min", "5 d 6 h".
std::string human_time(Nanoseconds time);

/// Bytes in `interval` as "1.5 GiB/s". Precondition: interval > 0.
std::string human_rate(std::uint64_t bytes, Nanoseconds interval);

/// Time on CPU in `interval` as a share of one CPU: "12.3 %", "1234 %". Precondition: interval > 0.
std::string human_share(Nanoseconds cpu, Nanoseconds interval);

/// Parts per million as "99.98 %", rounded down, so that 100 % means all.
std::string human_ppm(std::uint32_t ppm);

/// A folio's size as a label: "4K", "64K", "2M", "1G".
std::string size_label(std::uint32_t page_size, std::uint8_t order);

}  // namespace pagefare
