// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pagefare {

/// `text` as one gzip member, packed for speed; nothing when there is no memory for it.
std::optional<std::string> gzip(std::string_view text);

}  // namespace pagefare
