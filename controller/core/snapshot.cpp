// SPDX-License-Identifier: Apache-2.0
#include "controller/core/snapshot.h"

#include <algorithm>
#include <limits>

namespace pagefare {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

/// Rounded down, so that a million means all of it. Without a 128-bit product: where that could
/// overflow, the whole is large enough to be divided first.
std::uint64_t share_ppm(std::uint64_t whole, std::uint64_t missing) {
  if (missing == 0 || whole == 0) {
    return kMillion;
  }
  const std::uint64_t part = whole - std::min(missing, whole);
  const bool fits = whole <= std::numeric_limits<std::uint64_t>::max() / kMillion;
  const std::uint64_t share = fits ? part * kMillion / whole : part / (whole / kMillion);
  return std::min(share, kMillion - 1);
}

std::uint64_t count(Nanoseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

}  // namespace

std::string_view name(Mode mode) {
  switch (mode) {
    case Mode::kObserve:
      return "observe";
    case Mode::kAdvise:
      return "advise";
    case Mode::kEnforce:
      return "enforce";
  }
  return "unknown";
}

std::string_view name(Layer layer) {
  switch (layer) {
    case Layer::kNone:
      return "none";
    case Layer::kPortable:
      return "portable";
    case Layer::kPrecise:
      return "precise";
  }
  return "unknown";
}

Unattributed total(const std::array<Unattributed, kCauses>& by_cause) {
  Unattributed sum;
  for (const Unattributed& part : by_cause) {
    sum += part;
  }
  return sum;
}

std::uint32_t completeness_ppm(const Snapshot& snapshot) {
  const CopyCost missing = total(snapshot.unattributed).cost;
  const std::uint64_t bytes = share_ppm(snapshot.totals.bytes.value, missing.bytes.value);
  const std::uint64_t cpu = share_ppm(count(snapshot.totals.copy_cpu), count(missing.copy_cpu));
  return static_cast<std::uint32_t>(std::min(bytes, cpu));
}

}  // namespace pagefare
