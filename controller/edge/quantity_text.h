// SPDX-License-Identifier: Apache-2.0
// Shares and rates as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controller/core/quantity.h"
#include "controller/ports/result.h"

namespace pagefare {

/// "25%", "0.5%", "200%": up to four digits after the point. In parts per million of one.
Result<std::uint64_t> parse_percent(std::string_view text);
/// The shortest text that parse_percent() reads back as the same.
std::string format_percent(std::uint64_t ppm);

/// "2GiB/s", "500MB/s", "4096B/s": a whole number and B, KiB, MiB, GiB, TiB, kB, MB, GB or TB.
Result<Bytes> parse_byte_rate(std::string_view text);
/// The shortest text that parse_byte_rate() reads back as the same.
std::string format_byte_rate(Bytes per_second);

}  // namespace pagefare
