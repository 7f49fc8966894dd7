// SPDX-License-Identifier: Apache-2.0
// What one period's choice is made from.
#pragma once

#include <algorithm>
#include <cstddef>

#include "controller/core/steer/accounts.h"
#include "controller/core/steer/choose.h"
#include "controller/core/steer/manners.h"
#include "controller/core/steer/outlook.h"
#include "controller/core/steer/pressure.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

struct Scene {
  const View& view;
  const SettingSpace& space;
  const Outlook& outlook;
  const Worth& worth;
  const Wants& wants;
  const Manners& manners;
  const Accounts& accounts;
  const WorkerCap& cap;
  Candidates usable;
  std::size_t current = 0;
  std::size_t best = 0;     ///< for the objective
  std::size_t fastest = 0;  ///< the same, unless the objective is thrift

  bool may_use(std::size_t setting) const {
    return std::ranges::find(usable, setting) != usable.end();
  }
  bool thrifty() const { return wants.objective == Objective::kThrift; }
};

}  // namespace pagefare::steer
