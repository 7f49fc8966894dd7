// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "exporter/snapshot_holder.h"

namespace pagefare {

/// Logs each decision that says something new, once.
class DecisionLog {
 public:
  void say(const HeldSnapshot& held);

 private:
  std::uint64_t said_ = 0;  ///< id of the newest
};

}  // namespace pagefare
