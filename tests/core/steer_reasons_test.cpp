// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "controller/core/steer/reasons.h"

namespace pagefare::steer {
namespace {

constexpr Nanoseconds kSecond{1'000'000'000};
constexpr ReasonPolicy kPolicy{kSecond};

ReasonLoad load(MigrateReason reason, double share, std::uint32_t rank) {
  return {reason, Nanoseconds(static_cast<std::int64_t>(1e9 * share)), rank};
}

TEST(Reasons, AreAllAdmittedWhileThereIsRoom) {
  const auto mask = choose_reasons(
      {load(MigrateReason::kDemotion, 0.3, 0), load(MigrateReason::kCompaction, 0.3, 2)}, kPolicy,
      0);
  EXPECT_EQ(mask.bits, bit(MigrateReason::kDemotion) | bit(MigrateReason::kCompaction));
  EXPECT_TRUE(mask.refused.empty());
}

TEST(Reasons, OfLowRankWaitWhenTheEngineIsFull) {
  const auto mask = choose_reasons(
      {load(MigrateReason::kSyscallOrCpuset, 0.6, 2), load(MigrateReason::kDemotion, 0.6, 0)},
      kPolicy, 0);
  EXPECT_EQ(mask.bits, bit(MigrateReason::kDemotion));
  EXPECT_EQ(mask.refused.size(), 1U);
}

TEST(Reasons, DoNotComeAndGoAtTheLimit) {
  const std::vector<ReasonLoad> loads = {load(MigrateReason::kDemotion, 0.5, 0),
                                         load(MigrateReason::kCompaction, 0.45, 1)};
  EXPECT_EQ(choose_reasons(loads, kPolicy, 0).bits, bit(MigrateReason::kDemotion));
  const std::uint32_t both = bit(MigrateReason::kDemotion) | bit(MigrateReason::kCompaction);
  EXPECT_EQ(choose_reasons(loads, kPolicy, both).bits, both);
}

TEST(Reasons, WithASpentBudgetYieldOnlyToOthers) {
  ReasonLoad spent = load(MigrateReason::kSyscallOrCpuset, 0.2, 0);
  spent.budget_spent = true;
  const auto alone = choose_reasons({spent}, kPolicy, 0);
  EXPECT_EQ(alone.bits, bit(MigrateReason::kSyscallOrCpuset));
  const auto contested =
      choose_reasons({spent, load(MigrateReason::kDemotion, 0.2, 5)}, kPolicy, 0);
  EXPECT_EQ(contested.bits, bit(MigrateReason::kDemotion));
}

TEST(Reasons, AreSpeltAsTheKnobReadsThem) {
  const std::uint32_t all = (1U << 10U) - 1U;
  EXPECT_EQ(spell(all, all), "all");
  EXPECT_EQ(spell(0, all), "none");
  EXPECT_EQ(spell(bit(MigrateReason::kCompaction) | bit(MigrateReason::kDemotion), all),
            "compaction,demotion");
}

}  // namespace
}  // namespace pagefare::steer
