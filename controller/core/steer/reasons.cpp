// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/reasons.h"

#include <algorithm>

namespace pagefare::steer {

ReasonMask choose_reasons(std::vector<ReasonLoad> loads, const ReasonPolicy& policy,
                          std::uint32_t present) {
  std::ranges::stable_sort(
      loads, {}, [](const ReasonLoad& load) { return std::pair(load.budget_spent, load.rank); });
  const auto capacity = static_cast<double>(policy.capacity.count());
  double taken = 0.0;
  ReasonMask mask;
  for (const ReasonLoad& load : loads) {
    const auto wanted = static_cast<double>(load.engine_time.count());
    const bool admitted_before = (present & bit(load.reason)) != 0;
    const double limit = capacity * (policy.fullest + (admitted_before ? policy.hysteresis : 0.0));
    const bool fits = taken + wanted <= limit;
    const bool alone = taken == 0.0;
    if (wanted == 0.0 || (fits && !load.budget_spent) || alone) {
      mask.bits |= bit(load.reason);
      taken += wanted;
      continue;
    }
    mask.refused.push_back(
        std::string(name(load.reason)) +
        (load.budget_spent ? ": the budget of those who ask is spent and others need the engine"
                           : ": the engine is full with reasons that come first"));
  }
  return mask;
}

std::string spell(std::uint32_t bits, std::uint32_t all_bits) {
  if ((bits & all_bits) == all_bits) {
    return "all";
  }
  std::string text;
  for (std::uint32_t i = 0; i < 32; ++i) {
    if ((bits & all_bits & (1U << i)) != 0) {
      text += text.empty() ? "" : ",";
      text += name(static_cast<MigrateReason>(i));
    }
  }
  return text.empty() ? "none" : text;
}

}  // namespace pagefare::steer
