// SPDX-License-Identifier: Apache-2.0
// What a cgroup owes for CPU time spent beside its quota, and how its quota is lowered for it.
#include "controller/core/fair/repay.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

namespace pagefare::fair {
namespace {

using namespace std::chrono_literals;

constexpr CpuQuota kHalf{.quota = 50ms, .period = 100ms};
constexpr RepayTerms kTerms{};

TEST(RepayDebt, GrowsByWhatWentBeyondTheQuota) {
  const auto after = settle_debt(0ns, kHalf, 400ms, 300ms, 1s, kTerms);
  EXPECT_EQ(after.debt, 200ms);
  EXPECT_EQ(after.grown, 200ms);
}

TEST(RepayDebt, IsNoneWhileTheQuotaCoversBoth) {
  EXPECT_EQ(settle_debt(0ns, kHalf, 200ms, 300ms, 1s, kTerms).debt, 0ns);
}

TEST(RepayDebt, DoesNotCountWhatTheTasksThemselvesUsedBeyondTheQuota) {
  const auto after = settle_debt(0ns, kHalf, 700ms, 50ms, 1s, kTerms);
  EXPECT_EQ(after.debt, 50ms);
}

TEST(RepayDebt, SinksByTheQuotaThatWasNotUsed) {
  const auto after = settle_debt(300ms, kHalf, 250ms, 50ms, 1s, kTerms);
  EXPECT_EQ(after.debt, 100ms);
  EXPECT_EQ(after.repaid, 200ms);
}

TEST(RepayDebt, IsPaidByIdleTimeAndNeverBecomesACredit) {
  const auto after = settle_debt(300ms, kHalf, 0ns, 0ns, 1s, kTerms);
  EXPECT_EQ(after.debt, 0ns);
  EXPECT_EQ(after.repaid, 300ms);
}

TEST(RepayDebt, BeyondTheLongestIsForgiven) {
  const RepayTerms terms{.longest_debt = 2s};
  const auto after = settle_debt(900ms, kHalf, 500ms, 400ms, 1s, terms);
  EXPECT_EQ(after.debt, 1s);
  EXPECT_EQ(after.forgiven, 300ms);
}

TEST(RepayDebt, KeepsItsBooksForRandomCgroups) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 20'000; ++round) {
    const auto below = [&](std::int64_t end) {
      return Nanoseconds{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end))};
    };
    const CpuQuota full{.quota = 1ms + below(100'000'000'000) / 1us * 1us,
                        .period = 1ms + below(999'000'000) / 1us * 1us};
    const auto debt = below(100'000'000'000);
    const auto inside = below(10'000'000'000);
    const auto beside = below(10'000'000'000);
    const auto after = settle_debt(debt, full, inside, beside, below(10'000'000'000), kTerms);
    ASSERT_EQ(after.debt, debt + after.grown - after.repaid - after.forgiven);
    ASSERT_GE(after.debt, 0ns);
    ASSERT_GE(after.forgiven, 0ns);
    ASSERT_LE(after.grown, beside);
    ASSERT_LE(after.repaid, debt);
  }
}

TEST(RepayQuota, IsTheFullOneWithoutADebt) {
  EXPECT_EQ(lowered_quota(kHalf, 0ns, 0ns, kTerms), kHalf);
}

TEST(RepayQuota, IsLoweredByTheDebtSpreadOverTheHorizon) {
  // 100 ms over ten periods are 10 ms each, rounded up to the next step of 1.563 ms.
  const auto lowered = lowered_quota(kHalf, 100ms, 0ns, kTerms);
  EXPECT_EQ(lowered.quota, 50ms - 7 * 1563us);
  EXPECT_EQ(lowered.period, kHalf.period);
}

TEST(RepayQuota, IsLoweredForTheSmallestDebt) {
  EXPECT_LT(lowered_quota(kHalf, 1ns, 0ns, kTerms).quota, kHalf.quota);
}

TEST(RepayQuota, KeepsItsShareWhateverIsOwed) {
  EXPECT_EQ(lowered_quota(kHalf, 1000s, 0ns, kTerms).quota, 25ms);
}

TEST(RepayQuota, KeepsAMillisecond) {
  const CpuQuota small{.quota = 1500us, .period = 100ms};
  EXPECT_EQ(lowered_quota(small, 1000s, 0ns, kTerms).quota, 1ms);
}

TEST(RepayQuota, IsNotLoweredWhereAMillisecondIsAllThereIs) {
  const CpuQuota least{.quota = 1ms, .period = 100ms};
  EXPECT_EQ(lowered_quota(least, 1000s, 0ns, kTerms), least);
}

TEST(RepayQuota, IsNeverRaisedToItsFloor) {
  const CpuQuota below{.quota = 500us, .period = 100ms};
  EXPECT_EQ(lowered_quota(below, 1000s, 0ns, kTerms), below);
}

TEST(RepayQuota, StaysAboveTheBurst) {
  EXPECT_EQ(lowered_quota(kHalf, 1000s, 40ms, kTerms).quota, 40ms);
}

TEST(RepayQuota, NeverTakesMoreThanNineTenths) {
  const RepayTerms greedy{.most_permille = 5000};
  EXPECT_EQ(lowered_quota(kHalf, 1000s, 0ns, greedy).quota, 5ms);
}

TEST(RepayQuota, IsOfWholeMicroseconds) {
  const CpuQuota odd{.quota = 33'333us, .period = 77'777us};
  for (Nanoseconds debt = 1ns; debt < 60s; debt = debt * 3 + 7ns) {
    EXPECT_EQ(lowered_quota(odd, debt, 0ns, kTerms).quota % 1us, 0ns) << debt.count();
  }
}

}  // namespace
}  // namespace pagefare::fair
