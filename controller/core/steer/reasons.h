// SPDX-License-Identifier: Apache-2.0
// Which reasons for migrating may use a shared copy engine. The kernel has one mask for the whole
// machine, so this is decided from what each reason costs the engine and what it is allowed to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/migration.h"
#include "controller/core/quantity.h"

namespace pagefare::steer {

/// What one reason asked of the engine in the last period, and its place in the policy.
struct ReasonLoad {
  MigrateReason reason{};
  Nanoseconds engine_time{};  ///< time the engine would be busy with it (or was)
  std::uint32_t rank = 0;     ///< 0 is served first, e.g. tiering before compaction
  bool budget_spent = false;  ///< those who migrate for this reason have spent their budget
};

struct ReasonPolicy {
  Nanoseconds capacity{};   ///< engine time that there is in a period
  double fullest = 0.9;     ///< admit reasons until this share of it is taken
  double hysteresis = 0.1;  ///< a reason that was admitted may go on until this much more is taken
};

struct ReasonMask {
  std::uint32_t bits = 0;            ///< 1 << reason, the kernel's numbers
  std::vector<std::string> refused;  ///< one sentence per reason left out
};

constexpr std::uint32_t bit(MigrateReason reason) {
  return 1U << static_cast<std::uint32_t>(reason);
}

/// Admits reasons by rank until the engine is full; reasons without load are always admitted, those
/// whose budget is spent never while somebody else needs the engine. `present` is the mask in
/// force.
ReasonMask choose_reasons(std::vector<ReasonLoad> loads, const ReasonPolicy& policy,
                          std::uint32_t present);

/// The spelling of the reason_mask knob: names with commas, "all" or "none".
std::string spell(std::uint32_t bits, std::uint32_t all_bits);

}  // namespace pagefare::steer
