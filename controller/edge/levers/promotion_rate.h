// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/edge/levers/held_values.h"
#include "controller/edge/roots.h"

namespace pagefare {

/// The machine's limit on promotions by NUMA balancing:
/// kernel.numa_balancing_promote_rate_limit_MBps, in 2^20 bytes per second and node. It acts only
/// while numa_balancing has the bit 2 (tiering).
class PromotionRate {
 public:
  PromotionRate(const Roots& roots, HeldValues& values, MachineFiles& files);

  /// Why there is no such lever; empty where there is.
  static std::string why_not(const Roots& roots);

  bool is_held() const { return values_->find(path_) != nullptr; }

  /// Limits to this; a limit that was found lower stays. Nothing: as found. What somebody else
  /// writes meanwhile is theirs until it reads as it was found again.
  Hold set(std::optional<std::uint64_t> mbps);

 private:
  Roots roots_;
  std::string path_;
  HeldValues* values_;
  MachineFiles* files_;
  std::string found_;       // what it read before we first wrote it
  std::string why_theirs_;  // empty while nobody else wrote it
};

}  // namespace pagefare
