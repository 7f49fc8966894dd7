// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace pagefare {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::array<Unit, 6> kUnits{{{"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

}  // namespace

Result<Nanoseconds> parse_duration(std::string_view text) {
  const auto refuse = [&] {
    return fail("'" + std::string(text) +
                "' is no duration; write a whole number and a unit: 250ms, 1s, 2m");
  };
  if (text.empty() || text.front() < '0' || text.front() > '9') return refuse();
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(&text.front(), end, number);
  if (error == std::errc::result_out_of_range) {
    return fail("'" + std::string(text) + "' is too long a time");
  }
  const Unit* unit = find_unit(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  if (unit == nullptr) return refuse();
  if (number > std::numeric_limits<std::int64_t>::max() / unit->nanoseconds) {
    return fail("'" + std::string(text) + "' is too long a time");
  }
  return Nanoseconds(number * unit->nanoseconds);
}

std::string format_duration(Nanoseconds duration) {
  if (duration.count() == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.nanoseconds == 0) {
      return std::to_string(duration.count() / unit.nanoseconds) + std::string(unit.name);
    }
  }
  return std::to_string(duration.count()) + "ns";
}

}  // namespace pagefare
