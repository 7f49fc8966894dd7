// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/cpu_max.h"

#include <charconv>
#include <cstdint>

namespace pagefare {

namespace {

using std::chrono::microseconds;

/// Beyond it sums of nanoseconds could overflow; the kernel's own limit is of that size too.
constexpr std::int64_t kMostMicroseconds = 1'000'000'000'000;

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0 || value > kMostMicroseconds) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return value;
}

}  // namespace

std::optional<fair::CpuQuota> parse_cpu_max(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const auto quota = take_number(text);
  if (!quota) return std::nullopt;
  const auto period = take_number(text);
  if (!period || *quota == 0 || *period == 0 || !text.empty()) return std::nullopt;
  return fair::CpuQuota{.quota = microseconds(*quota), .period = microseconds(*period)};
}

std::string cpu_max_text(fair::CpuQuota quota) {
  return std::to_string(quota.quota / microseconds(1)) + " " +
         std::to_string(quota.period / microseconds(1));
}

std::optional<Nanoseconds> parse_usage(std::string_view cpu_stat) {
  constexpr std::string_view kKey = "usage_usec ";
  const auto at = cpu_stat.find(kKey);
  if (at == std::string_view::npos || (at != 0 && cpu_stat[at - 1] != '\n')) return std::nullopt;
  std::int64_t value = 0;
  const auto begin = cpu_stat.data() + at + kKey.size();
  const auto [end, error] = std::from_chars(begin, cpu_stat.data() + cpu_stat.size(), value);
  if (error != std::errc{} || value < 0) return std::nullopt;
  return microseconds(value);
}

Nanoseconds parse_burst(std::string_view text) {
  return microseconds(take_number(text).value_or(0));
}

}  // namespace pagefare
