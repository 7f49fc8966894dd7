// SPDX-License-Identifier: Apache-2.0
#include "exporter/utf8.h"

#include <fmt/format.h>

#include <cstdint>

namespace pagefare {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

bool continues(std::string_view text, std::size_t i) {
  return i < text.size() && (byte_at(text, i) & 0xC0U) == 0x80U;
}

// Length of the well-formed sequence at `i`, or 0 (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const std::uint8_t lead = byte_at(text, i);
  if (lead < 0x80) {
    return 1;
  }
  if (lead < 0xC2 || lead > 0xF4 || !continues(text, i + 1)) {
    return 0;
  }
  if (lead < 0xE0) {
    return 2;
  }
  const std::uint8_t second = byte_at(text, i + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F) ||
      !continues(text, i + 2)) {
    return 0;
  }
  if (lead < 0xF0) {
    return 3;
  }
  return continues(text, i + 3) ? 4 : 0;
}

bool is_control(std::string_view sequence) {
  const std::uint8_t first = byte_at(sequence, 0);
  return first < 0x20 || first == 0x7F || (first == 0xC2 && byte_at(sequence, 1) < 0xA0);
}

std::string escape(std::string_view text, bool controls) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text, i);
    const std::string_view sequence = text.substr(i, length == 0 ? 1 : length);
    if (length == 0 || (controls && is_control(sequence))) {
      for (const char byte : sequence) {
        out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(byte));
      }
    } else {
      out += sequence;
    }
    i += sequence.size();
  }
  return out;
}

// The byte offset of code point number `index`, or the size.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t i = 0;
  while (i < text.size() && index > 0) {
    ++i;
    while (continues(text, i)) {
      ++i;
    }
    --index;
  }
  return i;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  return escape(text, false);
}

std::string printable(std::string_view text) {
  return escape(text, true);
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    count += continues(text, i) ? 0U : 1U;
  }
  return count;
}

std::string keep_end(std::string_view text, std::size_t width) {
  const std::size_t length = code_points(text);
  if (length <= width) {
    return std::string(text);
  }
  if (width <= 2) {
    return std::string(text.substr(offset_of(text, length - width)));
  }
  return ".." + std::string(text.substr(offset_of(text, length - (width - 2))));
}

std::string keep_start(std::string_view text, std::size_t width) {
  return std::string(text.substr(0, offset_of(text, width)));
}

}  // namespace pagefare
