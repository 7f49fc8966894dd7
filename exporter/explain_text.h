// SPDX-License-Identifier: Apache-2.0
// What `pagefare explain` makes of the daemon's /explain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "controller/ports/result.h"

namespace pagefare {

/// Id 0: the list of decisions, a line each, the newest last. Otherwise that one in full. Error: no
/// such decision is kept (names those that are), or the text is not what a daemon answers.
Result<std::string> explain_text(std::string_view json, std::uint64_t id);

/// The same as JSON: the answer itself, or one decision of it.
Result<std::string> explain_one_json(std::string_view json, std::uint64_t id);

}  // namespace pagefare
