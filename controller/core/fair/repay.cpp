// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/repay.h"

#include <algorithm>

namespace pagefare::fair {

namespace {

constexpr Nanoseconds kNone{};
constexpr Nanoseconds kMicrosecond = std::chrono::microseconds(1);
constexpr std::int64_t kSteps = 32;
constexpr std::uint32_t kMostPermille = 900;

/// a * b / c; c > 0. Exact as long as the result and b * c fit.
std::int64_t scale(std::int64_t a, std::int64_t b, std::int64_t c) {
  return (a / c * b) + (a % c * b / c);
}

Nanoseconds whole_microseconds_up(Nanoseconds time) {
  return (time + kMicrosecond - Nanoseconds{1}) / kMicrosecond * kMicrosecond;
}

}  // namespace

Nanoseconds entitlement(CpuQuota full, Nanoseconds elapsed) {
  // In the kernel's unit of both: a second's period times the quota of a million CPUs still fits.
  return Nanoseconds{scale(elapsed.count(), full.quota / kMicrosecond, full.period / kMicrosecond)};
}

Repayment settle_debt(Nanoseconds debt, CpuQuota full, Nanoseconds inside, Nanoseconds beside,
                      Nanoseconds elapsed, const RepayTerms& terms) {
  const auto balance = inside + beside - entitlement(full, elapsed);
  Repayment result;
  if (balance > kNone) {
    // What its own tasks used beyond the quota is the kernel's burst and rounding, not a debt.
    result.grown = std::min(balance, beside);
  } else {
    result.repaid = std::min(debt, -balance);
  }
  result.debt = debt + result.grown - result.repaid;
  const auto most = entitlement(full, terms.longest_debt);
  result.forgiven = std::max(kNone, result.debt - most);
  result.debt -= result.forgiven;
  return result;
}

Nanoseconds quota_floor(CpuQuota full, Nanoseconds burst, const RepayTerms& terms) {
  const auto kept = 1000 - std::min(terms.most_permille, kMostPermille);
  const Nanoseconds share{scale(full.quota.count(), kept, 1000)};
  return whole_microseconds_up(std::max({share, terms.least, burst}));
}

CpuQuota lowered_quota(CpuQuota full, Nanoseconds debt, Nanoseconds burst,
                       const RepayTerms& terms) {
  const auto floor = quota_floor(full, burst, terms);
  if (debt <= kNone || floor >= full.quota) return full;
  // The debt divided over the quota's periods within the horizon, rounded up to a step.
  const Nanoseconds wanted{
      scale(debt.count(), full.period.count(), std::max<std::int64_t>(1, terms.horizon.count()))};
  const Nanoseconds step = whole_microseconds_up(std::max(full.quota / kSteps, kMicrosecond));
  const auto taken = (wanted / step + 1) * step;
  return {.quota = std::max(floor, full.quota - taken), .period = full.period};
}

}  // namespace pagefare::fair
