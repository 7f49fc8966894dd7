// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/core/fair/repay.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/levers/held_values.h"

namespace pagefare {

/// Takes CPU time that kernel workers spent for a cgroup beside its quota from its cpu.max.
///
/// A cgroup without a quota of its own owes nothing. Somebody else's write to cpu.max (kubelet's,
/// systemd's, a person's) stands: the debt is dropped, the cgroup is left alone for a minute and
/// the new quota is the one to count from; after the third such write it is left alone for good.
class Repayments {
 public:
  Repayments(const CgroupHierarchy& hierarchy, HeldValues& values, MachineFiles& files,
             fair::RepayTerms terms = {});

  /// Why there is no such lever on this machine; empty where there is.
  static std::string why_not(const CgroupHierarchy& hierarchy);

  struct Collection {
    Hold hold;
    Nanoseconds collected{};    ///< repaid in the period that just ended
    Nanoseconds outstanding{};  ///< the debt that is left
  };
  /// Settles a cgroup's debt for the period that just ended, in which kernel workers spent `beside`
  /// for it, and sets its quota for the next. `path` is below the hierarchy's root. `now` is
  /// monotonic, `period` how long the first period of a cgroup was.
  Collection collect(const std::string& path, Nanoseconds beside, Nanoseconds now,
                     Nanoseconds period);
  /// Forgives all others and gives back their quotas; `wanted` is sorted. What did not work.
  std::vector<Hold> release_others(const std::vector<std::string>& wanted);

 private:
  struct Debtor {
    Nanoseconds debt{};
    std::optional<Nanoseconds> usage;  ///< cpu.stat when it was last looked at, at `looked`
    Nanoseconds looked{};
    int foreign_writes = 0;
    std::optional<Nanoseconds> alone_until;  ///< after somebody else wrote
    std::string why_alone;
  };
  struct Reading {
    Hold hold;
    fair::CpuQuota full;
    Nanoseconds burst{};
    Nanoseconds usage{};
  };
  Reading read(const std::string& directory);
  Collection set_quota(const std::string& file, Debtor& debtor, const Reading& reading,
                       Nanoseconds repaid, Nanoseconds now);
  static Hold leave_alone(Debtor& debtor, Hold why, Nanoseconds now);

  std::string root_;
  HeldValues* values_;
  MachineFiles* files_;
  fair::RepayTerms terms_;
  std::map<std::string, Debtor> debtors_;
};

}  // namespace pagefare
