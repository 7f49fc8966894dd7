// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/node_moves.h"

#include <gtest/gtest.h>

namespace pagefare::demo {
namespace {

TEST(NodeChanges, CountsPagesPresentBothTimesOnAnotherNode) {
  EXPECT_EQ(count_node_changes({0, 0, 1, -2, 0}, {1, 0, 0, 1, -2}), Pages{2});
}

TEST(EmptierNode, IsTheOneThatHoldsFewerPages) {
  EXPECT_EQ(emptier_node({0, 0, 2, -2}, 0, 2), 2);
  EXPECT_EQ(emptier_node({2, 2, 0, -2}, 0, 2), 0);
}

}  // namespace
}  // namespace pagefare::demo
