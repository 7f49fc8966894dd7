// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "controller/core/steer/outlook.h"
#include "tests/support/steer_views.h"

namespace pagefare::test {
namespace {

using steer::Mix;

constexpr steer::CopyClass kHalf{2 << 20, 256};
const std::map<steer::CopyClass, double> kUsual{{kHuge, 1e9}};
const std::map<steer::CopyClass, double> kOther{{kHalf, 1e9}};

TEST(Mix, IsAnotherAtOnceWhenClassesTakeOverThatWereNeverSeen) {
  Mix mix;
  mix.update(kUsual, true);
  EXPECT_TRUE(mix.update(kOther, true));
  EXPECT_TRUE(mix.shares().contains(kHalf));
}

TEST(Mix, StaysAsItIsForOnePeriodOfAClassThatIsKnown) {
  Mix mix;
  mix.update(kUsual, true);
  EXPECT_FALSE(mix.update(kOther, false));
  EXPECT_EQ(mix.shares(), (std::map<steer::CopyClass, double>{{kHuge, 1.0}}));
  EXPECT_FALSE(mix.update(kUsual, false));
}

TEST(Mix, IsAnotherWhenAKnownClassCameToStay) {
  Mix mix;
  mix.update(kUsual, true);
  mix.update(kOther, false);
  EXPECT_TRUE(mix.update(kOther, false));
  EXPECT_EQ(mix.shares(), (std::map<steer::CopyClass, double>{{kHalf, 1.0}}));
}

TEST(Mix, FollowsSharesThatShiftALittle) {
  Mix mix;
  mix.update({{kHuge, 0.5}, {kHalf, 0.5}}, true);
  EXPECT_FALSE(mix.update({{kHuge, 0.7}, {kHalf, 0.3}}, false));
  EXPECT_GT(mix.shares().at(kHuge), 0.5);
  EXPECT_LT(mix.shares().at(kHuge), 0.7);
}

}  // namespace
}  // namespace pagefare::test
