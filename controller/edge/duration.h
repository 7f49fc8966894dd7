// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "controller/core/quantity.h"
#include "controller/ports/result.h"

namespace pagefare {

/// "250ms", "1s", "2m": a whole number and one of ns, us, ms, s, m, h. No sign, no fraction.
/// The error says what is wrong with `text` and how it should look.
Result<Nanoseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads back as the same time. Precondition: not negative.
std::string format_duration(Nanoseconds duration);

}  // namespace pagefare
