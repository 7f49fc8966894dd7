// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/reach.h"

#include <string_view>
#include <utility>

#include "controller/edge/levers/copier_limits.h"
#include "controller/edge/levers/promotion_rate.h"
#include "controller/edge/levers/repayments.h"

namespace pagefare {

using fair::Action;

namespace {

constexpr std::string_view kLimitReach =
    "one copier for each folio that pagefare_copy copies for the cgroup";
constexpr std::string_view kRepayReach =
    "cgroups with a CPU quota: time beside it is taken from cpu.max, at most half";
constexpr std::string_view kGateReach =
    "move_pages(2) of other processes and migrate_pages(2); not mbind(2), move_pages(2) of "
    "oneself, "
    "cpusets, or what the kernel starts";
constexpr std::string_view kRateReach = "promotions by NUMA balancing in its tiering mode";

fair::LeverReach reach_of(Action lever, std::string why_not, std::string_view covers) {
  const bool available = why_not.empty();
  return {.lever = lever,
          .available = available,
          .why = available ? std::string(covers) : std::move(why_not)};
}

}  // namespace

std::vector<fair::LeverReach> lever_reach(const Roots& roots, const CgroupHierarchy& hierarchy,
                                          const std::string& why_no_gate) {
  return {reach_of(Action::kLimit, CopierLimits::why_not(roots, hierarchy), kLimitReach),
          reach_of(Action::kRepay, Repayments::why_not(hierarchy), kRepayReach),
          reach_of(Action::kGate, why_no_gate, kGateReach),
          reach_of(Action::kRate, PromotionRate::why_not(roots), kRateReach)};
}

}  // namespace pagefare
