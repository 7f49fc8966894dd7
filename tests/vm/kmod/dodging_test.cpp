// SPDX-License-Identifier: Apache-2.0
//
// Tenants that make cgroups to get more than their share.
#include <gtest/gtest.h>

#include "tests/vm/kmod/with_tenants.h"

namespace pagefare::kmod_test {
namespace {

class Dodging : public WithTenants {
 protected:
  /// So large that making a cgroup for each call does not take most of the time.
  static constexpr std::size_t kLargeCall = 2UL << 20U;

  void expect_no_gain(Home home) {
    make({{.movers = 8, .home = home}, {.movers = 1}}, kLargeCall);
    start("enforce");
    wake_all();
    ASSERT_TRUE(wait_for(8));
    const Sums shares = shares_over(15);
    print(home == Home::kChildren ? "in children" : "in brief children", shares);
    EXPECT_GE(jain(shares.cpu), 0.98) << fair().dump();
    // Told by the movers themselves: what it costs to move a byte differs, not by that much: 0.62
    // is 8:1.
    EXPECT_GE(jain(shares.bytes), 0.75) << fair().dump();
    const double told = used("/tenant0") + used("/tenant1");
    EXPECT_LT(used("~unlisted"), told / 20) << fair().dump();
  }
};

TEST_F(Dodging, ChildrenShareTheirParentsBudget) {
  expect_no_gain(Home::kChildren);
}

TEST_F(Dodging, ChildrenThatAreGoneBeforeTheyAreSeenShareItToo) {
  expect_no_gain(Home::kBriefChildren);
}

}  // namespace
}  // namespace pagefare::kmod_test
