// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/quantity_text.h"

#include <array>
#include <charconv>
#include <limits>

namespace pagefare {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

/// Those of 1024 last, the largest last of all: the first that divides from the end is shortest.
constexpr std::array<Unit, 9> kUnits{{{"B", 1},
                                      {"kB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"TB", 1'000'000'000'000},
                                      {"KiB", 1ULL << 10U},
                                      {"MiB", 1ULL << 20U},
                                      {"GiB", 1ULL << 30U},
                                      {"TiB", 1ULL << 40U}}};
constexpr std::string_view kPerSecond = "/s";
constexpr std::uint64_t kPpmPerPercent = 10'000;
/// A hundred thousand CPUs, and a petabyte per second: what comes after cannot overflow.
constexpr std::uint64_t kMostPercent = 10'000'000;
constexpr std::uint64_t kMostBytes = 1ULL << 50U;

/// Digits alone, from the front; what is left stays in `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

tl::unexpected<Error> no_percent(std::string_view text) {
  return fail("'" + std::string(text) + "' is no share; write a number and %, as \"25%\"");
}

tl::unexpected<Error> no_rate(std::string_view text) {
  return fail("'" + std::string(text) +
              "' is no rate; write a whole number, a unit and /s, as \"2GiB/s\"");
}

}  // namespace

Result<std::uint64_t> parse_percent(std::string_view text) {
  std::string_view rest = text;
  const auto whole = take_number(rest);
  if (!whole) return no_percent(text);
  std::uint64_t ppm = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    std::uint64_t digit = kPpmPerPercent / 10;
    if (rest.empty() || rest.front() < '0' || rest.front() > '9') return no_percent(text);
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
      if (digit == 0)
        return fail("'" + std::string(text) + "' has over four digits after the point");
      ppm += digit * static_cast<std::uint64_t>(rest.front() - '0');
      digit /= 10;
    }
  }
  if (rest != "%") return no_percent(text);
  if (*whole > kMostPercent)
    return fail("'" + std::string(text) + "' is more than any machine has");
  return *whole * kPpmPerPercent + ppm;
}

std::string format_percent(std::uint64_t ppm) {
  std::string text = std::to_string(ppm / kPpmPerPercent);
  if (std::uint64_t rest = ppm % kPpmPerPercent; rest > 0) {
    std::string digits = std::to_string(rest + kPpmPerPercent).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text + "%";
}

Result<Bytes> parse_byte_rate(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number || !rest.ends_with(kPerSecond)) return no_rate(text);
  rest.remove_suffix(kPerSecond.size());
  for (const Unit& unit : kUnits) {
    if (rest != unit.name) continue;
    if (*number > kMostBytes / unit.bytes) {
      return fail("'" + std::string(text) + "' is more than any machine copies; write \"max\"");
    }
    return Bytes{*number * unit.bytes};
  }
  return no_rate(text);
}

std::string format_byte_rate(Bytes per_second) {
  std::string shortest;
  for (const Unit& unit : kUnits) {
    if (per_second.value % unit.bytes != 0) continue;
    std::string text = std::to_string(per_second.value / unit.bytes) + std::string(unit.name);
    if (shortest.empty() || text.size() < shortest.size()) shortest = std::move(text);
  }
  return shortest + std::string(kPerSecond);
}

}  // namespace pagefare
