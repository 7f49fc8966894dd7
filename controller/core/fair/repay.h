// SPDX-License-Identifier: Apache-2.0
// CPU time that kernel workers spent for a cgroup beside its CPU quota is taken from the quota of
// the periods that follow. A cgroup's debt is a bucket: what it used in all, inside the quota and
// beside it, flows in; what the quota gave it in that time flows out. So only what went beyond the
// quota is ever owed, and idle time pays as well as a lowered quota does.
#pragma once

#include <cstdint>

#include "controller/core/quantity.h"

namespace pagefare::fair {

/// A cgroup's bandwidth as cpu.max has it: `quota` of CPU time in each `period`. Both at least a
/// microsecond and whole ones; the kernel allows periods up to a second.
struct CpuQuota {
  Nanoseconds quota{};
  Nanoseconds period{};
  bool operator==(const CpuQuota&) const = default;
};

/// How hard debts are collected.
struct RepayTerms {
  /// Most that is taken from the quota, in thousandths of it; at most 900.
  std::uint32_t most_permille = 500;
  /// What each period keeps in any case; the kernel takes nothing below 1 ms.
  Nanoseconds least = std::chrono::milliseconds(1);
  /// A debt is to be repaid within about this time, if the share taken allows it.
  Nanoseconds horizon = std::chrono::seconds(1);
  /// What is owed beyond so much of the quota's time is forgiven.
  Nanoseconds longest_debt = std::chrono::seconds(30);
};

/// What happened to a cgroup's debt in one control period.
struct Repayment {
  Nanoseconds debt{};      ///< after it
  Nanoseconds grown{};     ///< newly owed
  Nanoseconds repaid{};    ///< paid back
  Nanoseconds forgiven{};  ///< beyond the longest debt
};

/// CPU time that `full` allows in `elapsed`; rounded down to a nanosecond.
Nanoseconds entitlement(CpuQuota full, Nanoseconds elapsed);

/// The debt after a control period of `elapsed`, in which the cgroup used `inside` by its own
/// tasks, while `beside` was spent for it by kernel workers. Nothing given is negative.
/// debt + grown - repaid - forgiven of the result equals `debt`, to the nanosecond.
Repayment settle_debt(Nanoseconds debt, CpuQuota full, Nanoseconds inside, Nanoseconds beside,
                      Nanoseconds elapsed, const RepayTerms& terms);

/// The quota to set for the next control period: `full` less an even part of the debt, in steps of
/// a thirty-second of the full quota so that small changes write nothing. Never below the floor,
/// never above `full`. Equal to `full` without a debt.
CpuQuota lowered_quota(CpuQuota full, Nanoseconds debt, Nanoseconds burst, const RepayTerms& terms);

/// The least quota that lowered_quota() gives: the share that is never taken, `least` and `burst`
/// (the kernel refuses a quota below cpu.max.burst), whichever is most; whole microseconds.
Nanoseconds quota_floor(CpuQuota full, Nanoseconds burst, const RepayTerms& terms);

}  // namespace pagefare::fair
