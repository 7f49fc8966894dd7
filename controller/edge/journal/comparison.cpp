// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/comparison.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace pagefare {

namespace {

constexpr std::array<std::string_view, 6> kNamesOfKinds{"text", "number", "switch",
                                                        "mask", "names",  "choice"};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return parts;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(separators), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") + 1 - begin);
}

/// As kstrtol() with base 0 takes it: 16, 0x10, 020, -1.
std::optional<std::int64_t> number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = 8;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return negative ? -value : value;
}

std::optional<bool> position(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const std::string_view on : {"1", "y", "yes", "on", "true", "t"}) {
    if (small == on) return true;
  }
  for (const std::string_view off : {"0", "n", "no", "off", "false", "f"}) {
    if (small == off) return false;
  }
  return std::nullopt;
}

/// Without commas and leading zeros, in small letters; nothing if it is not hexadecimal.
std::optional<std::string> mask(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ',') continue;
    const bool small = c >= 'a' && c <= 'f';
    const bool large = c >= 'A' && c <= 'F';
    if (!small && !large && (c < '0' || c > '9')) return std::nullopt;
    digits += large ? static_cast<char>(c - 'A' + 'a') : c;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return text.empty() ? std::nullopt : std::optional(digits);
}

std::vector<std::string_view> sorted_names(std::string_view text) {
  auto names = split(text, ", ");
  std::ranges::sort(names);
  return names;
}

std::string_view chosen(std::string_view text) {
  const auto open = text.find('[');
  const auto close = text.find(']', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return text;
  return text.substr(open + 1, close - open - 1);
}

template <typename Value>
bool both_equal(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() && a == b;
}

}  // namespace

std::string_view name(Comparison comparison) {
  return kNamesOfKinds[static_cast<std::size_t>(comparison)];
}

std::optional<Comparison> comparison_named(std::string_view text) {
  const auto found = std::ranges::find(kNamesOfKinds, text);
  if (found == kNamesOfKinds.end()) return std::nullopt;
  return static_cast<Comparison>(found - kNamesOfKinds.begin());
}

bool same(Comparison how, std::string_view a, std::string_view b) {
  a = trimmed(a);
  b = trimmed(b);
  if (split(a, " \t\n") == split(b, " \t\n")) return true;
  switch (how) {
    case Comparison::kText:
      return false;
    case Comparison::kNumber:
      return both_equal(number(a), number(b));
    case Comparison::kSwitch:
      return both_equal(position(a), position(b));
    case Comparison::kMask:
      return both_equal(mask(a), mask(b));
    case Comparison::kNames:
      return sorted_names(a) == sorted_names(b);
    case Comparison::kChoice:
      return chosen(a) == chosen(b);
  }
  return false;
}

std::string row_value(std::string_view table, std::string_view key) {
  for (const std::string_view line : split(table, "\n")) {
    const auto words = split(line, " \t");
    if (words.empty() || words.front() != key) continue;
    std::string value;
    for (std::size_t i = 1; i < words.size(); ++i) {
      value += (i > 1 ? " " : "") + std::string(words[i]);
    }
    return value;
  }
  return "-";
}

}  // namespace pagefare
