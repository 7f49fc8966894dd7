// SPDX-License-Identifier: Apache-2.0
//
// The whole daemon with budgets, against tenants of unequal greed. Time in an emulated guest means
// nothing: what is judged is how the copy CPU that the daemon counts is shared, and how the bytes
// are that move_pages(2) said it had moved. A call of 256 KiB is small beside what a tenant may
// use.
#include <gtest/gtest.h>

#include <vector>

#include "tests/vm/kmod/with_tenants.h"

namespace pagefare::kmod_test {
namespace {

class Fairness : public WithTenants {
 protected:
  /// Five periods after the start, over the ten periods that follow.
  void expect_even(const std::vector<Demand>& demands) {
    make(demands);
    start("observe");
    wake_all();
    ASSERT_TRUE(wait_for(2));
    print("observed", shares_over(5));
    all_sleep();
    start("enforce");
    wake_all();
    ASSERT_TRUE(wait_for(5));
    const Sums shares = shares_over(10);
    print("enforced", shares);
    EXPECT_GE(jain(shares.cpu), 0.98) << fair().dump();
  }
};

TEST_F(Fairness, EvensOutEightToOne) {
  expect_even({{.movers = 8}, {.movers = 1}});
}

TEST_F(Fairness, EvensOutSixteenToOne) {
  expect_even({{.movers = 16}, {.movers = 1}});
}

TEST_F(Fairness, EvensOutOneGreedyAmongFour) {
  expect_even({{.movers = 1}, {.movers = 1}, {.movers = 1}, {.movers = 8}});
}

TEST_F(Fairness, FollowsWeights) {
  make({{.movers = 4, .weight = 100}, {.movers = 4, .weight = 200}, {.movers = 4, .weight = 400}});
  start("enforce");
  wake_all();
  ASSERT_TRUE(wait_for(5));
  const Sums shares = shares_over(15);
  print("1:2:4", shares);
  const double mean = (shares.cpu[0] + shares.cpu[1] * 2 + shares.cpu[2] * 4) / 7;
  for (const double share : shares.cpu) EXPECT_NEAR(share / mean, 1, 0.05) << fair().dump();
}

TEST_F(Fairness, LendsWhatIsIdleAndGivesItBack) {
  make({{.movers = 8}, {.movers = 1}});
  start("enforce");
  tenant(0).wake();
  ASSERT_TRUE(wait_for(5));
  const Sums alone = shares_over(5);
  print("alone", alone);
  EXPECT_EQ(alone.bytes[1], 0);
  tenant(1).wake();
  ASSERT_TRUE(wait_for(3));  // seen in the first, held from the second on
  const Sums both = shares_over(5);
  print("both", both);
  EXPECT_GE(jain(both.cpu), 0.98) << fair().dump();
  EXPECT_GT(alone.cpu[0], both.cpu[0] * 1.5);
}

}  // namespace
}  // namespace pagefare::kmod_test
