// SPDX-License-Identifier: Apache-2.0
// Numbers in sentences.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace pagefare::steer {

/// "12.34" for 12.342 and two decimals.
inline std::string fixed(double value, int decimals) {
  char text[64] = {};
  const auto end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed, decimals);
  return end.ec == std::errc{} ? std::string(text, end.ptr) : std::string("?");
}

/// "0.0123" for 0.012345 and three digits.
inline std::string rounded(double value, int digits) {
  char text[64] = {};
  const auto end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::general, digits);
  return end.ec == std::errc{} ? std::string(text, end.ptr) : std::string("?");
}

inline std::string signed_percent(double share) {
  return (share >= 0.0 ? "+" : "") + fixed(100.0 * share, 0) + " %";
}

inline std::string padded_left(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

inline std::string padded_right(const std::string& text, std::size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

}  // namespace pagefare::steer
