// SPDX-License-Identifier: Apache-2.0
#include "exporter/units.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace pagefare {
namespace {

constexpr std::array<std::string_view, 7> kByteUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

std::string scaled_bytes(double bytes) {
  std::size_t unit = 0;
  // 1023.95 would be printed as 1024.0.
  while (bytes >= (unit == 0 ? 1023.5 : 1023.95) && unit + 1 < kByteUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes)
                   : fmt::format("{:.1f} {}", bytes, kByteUnits[unit]);
}

std::string long_time(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  if (seconds >= kDay) {
    return fmt::format("{} d {} h", seconds / kDay, seconds % kDay / kHour);
  }
  if (seconds >= kHour) {
    return fmt::format("{} h {} min", seconds / kHour, seconds % kHour / kMinute);
  }
  return fmt::format("{} min {} s", seconds / kMinute, seconds % kMinute);
}

}  // namespace

std::string human_bytes(std::uint64_t bytes) {
  return scaled_bytes(static_cast<double>(bytes));
}

std::string human_time(Nanoseconds time) {
  const std::int64_t ns = time.count();
  const auto exact = static_cast<double>(ns);
  if (ns < 1'000) {
    return fmt::format("{} ns", ns);
  }
  if (ns < 999'950) {
    return fmt::format("{:.1f} us", exact / 1e3);
  }
  if (ns < 999'950'000) {
    return fmt::format("{:.1f} ms", exact / 1e6);
  }
  if (ns < 59'995'000'000) {
    return fmt::format("{:.2f} s", exact / 1e9);
  }
  return long_time((ns + 500'000'000) / 1'000'000'000);
}

std::string human_rate(std::uint64_t bytes, Nanoseconds interval) {
  const double seconds = std::chrono::duration<double>(interval).count();
  return scaled_bytes(static_cast<double>(bytes) / seconds) + "/s";
}

std::string human_share(Nanoseconds cpu, Nanoseconds interval) {
  const double percent =
      100.0 * static_cast<double>(cpu.count()) / static_cast<double>(interval.count());
  constexpr double kDecimalsBelow = 999.95;
  return percent < kDecimalsBelow ? fmt::format("{:.1f} %", percent)
                                  : fmt::format("{:.0f} %", percent);
}

std::string human_ppm(std::uint32_t ppm) {
  return fmt::format("{}.{:02} %", ppm / 10'000, ppm % 10'000 / 100);
}

std::string size_label(std::uint32_t page_size, std::uint8_t order) {
  constexpr std::array<std::string_view, 5> kSuffixes{"", "K", "M", "G", "T"};
  if (order >= 32) {
    return fmt::format("order{}", order);
  }
  std::uint64_t bytes = std::uint64_t{page_size} << order;
  std::size_t unit = 0;
  while (bytes >= 1024 && bytes % 1024 == 0 && unit + 1 < kSuffixes.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, kSuffixes[unit]);
}

}  // namespace pagefare
