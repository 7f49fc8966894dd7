// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/levers/copier_limits.h"
#include "controller/edge/levers/gate.h"
#include "controller/edge/levers/held_values.h"
#include "controller/edge/levers/promotion_rate.h"
#include "controller/edge/levers/repayments.h"
#include "controller/edge/roots.h"
#include "controller/ports/clock.h"
#include "controller/ports/levers.h"

namespace pagefare {

/// The levers of a real machine. The gate's program is loaded when first somebody is to be gated.
class KernelLevers final : public Levers {
 public:
  /// All references must outlive the levers.
  KernelLevers(Roots roots, CgroupHierarchy hierarchy, Clock& clock, Custody& custody,
               MachineFiles& files);

  Result<fair::LeverReport> apply(const fair::Restraints& restraints) override;
  std::vector<fair::LeverCounts> gate_counts() override;
  Result<void> release_all() override;
  std::vector<fair::LeverReach> reach() override;

 private:
  struct Told;
  struct Shut {
    std::string path;
    Gate::Calls counted;  // told so far
  };
  fair::LeverReport tell(const fair::Restraints& restraints);
  void list_wanted(const fair::Restraints& restraints, Told& told) const;
  void apply_one(const fair::Restraint& restraint, std::optional<CgroupId> id, Told& told);
  void repay(const fair::Restraint& restraint, Told& told);
  Hold gate(CgroupId cgroup, const fair::Restraint& restraint);
  Hold open_gate();
  void release_others(Told& told);
  void release_gates(Told& told);

  Roots roots_;
  CgroupHierarchy hierarchy_;
  Clock& clock_;
  HeldValues values_;
  CopierLimits limits_;
  Repayments repayments_;
  PromotionRate rate_;
  std::optional<Gate> gate_;
  std::optional<std::string> why_no_gate_;  // once known; empty: nothing speaks against it
  std::map<CgroupId, Shut> shut_;           // those with a count in the gate
};

}  // namespace pagefare
