// SPDX-License-Identifier: Apache-2.0
// Verdicts in words and numbers, for people who ask why.
#pragma once

#include <string>
#include <string_view>

#include "controller/core/fair/standing.h"

namespace pagefare::fair {

/// "78.1 % of a CPU", "1.20 GiB/s", "40.0 % of a DMA channel", "no limit".
std::string rate(std::size_t resource, std::uint64_t amount, Nanoseconds duration);

/// Why a tenant is where it is: one sentence.
std::string explain(std::string_view path, const Finding& finding, const Case& about);

}  // namespace pagefare::fair
