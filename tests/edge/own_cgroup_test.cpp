// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/own_cgroup.h"

#include <gtest/gtest.h>

namespace pagefare {
namespace {

constexpr const char* kV2 = "0::/user.slice/session\n";
constexpr const char* kMixed =
    "12:cpu,cpuacct:/elsewhere\n7:memory:/tenants/a\n0::/user.slice/session\n";

TEST(OwnCgroup, IsThatOfTheMemoryController) {
  EXPECT_EQ(parse_own_cgroup(kMixed), "/tenants/a");
  EXPECT_EQ(parse_memory_hierarchy(kMixed), 7);
}

TEST(OwnCgroup, IsV2sWhereNoOtherHasMemory) {
  EXPECT_EQ(parse_own_cgroup(kV2), "/user.slice/session");
  EXPECT_EQ(parse_memory_hierarchy(kV2), 0);
}

TEST(OwnCgroup, IsUnknownInAnotherText) {
  EXPECT_EQ(parse_own_cgroup("nonsense\n"), "");
  EXPECT_EQ(parse_memory_hierarchy("nonsense\n"), 0);
}

}  // namespace
}  // namespace pagefare
