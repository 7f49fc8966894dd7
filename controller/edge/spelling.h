// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace pagefare {

/// The candidate that somebody who typed `text` most likely meant, or nothing when none is near.
std::optional<std::string_view> nearest_spelling(std::string_view text,
                                                 std::span<const std::string_view> candidates);

}  // namespace pagefare
