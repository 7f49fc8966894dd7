// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/memory_hierarchy.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare::demo {
namespace {

TEST(CgroupRoots, AreTheV1HierarchiesOnAHybridHost) {
  const TempDirectory scratch;
  scratch.write("unified/cgroup.controllers", "hugetlb\n");
  const std::string unified = scratch.path("unified");
  const auto roots =
      find_cgroup_roots(scratch.write("mounts",
                                      "cgroup /v1/memory cgroup rw,relatime,memory 0 0\n"
                                      "cgroup /v1/cpuset cgroup rw,cpuset,nodev 0 0\n"
                                      "cgroup2 " +
                                          unified + " cgroup2 rw 0 0\n"));
  ASSERT_TRUE(roots) << roots.error().message;
  EXPECT_EQ(roots->memory, "/v1/memory");
  EXPECT_EQ(roots->cpuset, "/v1/cpuset");
  EXPECT_EQ(roots->unified, unified);
  EXPECT_FALSE(roots->memory_is_v2);
  EXPECT_FALSE(roots->cpuset_is_v2);
}

TEST(CgroupRoots, AreTheUnifiedHierarchyWhereItHasTheControllers) {
  const TempDirectory scratch;
  scratch.write("cg/cgroup.controllers", "cpuset cpu io memory\n");
  const std::string unified = scratch.path("cg");
  const auto roots =
      find_cgroup_roots(scratch.write("mounts", "cgroup2 " + unified + " cgroup2 rw 0 0\n"));
  ASSERT_TRUE(roots) << roots.error().message;
  EXPECT_EQ(roots->memory, unified);
  EXPECT_TRUE(roots->memory_is_v2);
  EXPECT_TRUE(roots->cpuset_is_v2);
}

TEST(CgroupRoots, FailWithTheRemedyWhenNobodyHasTheMemoryController) {
  const TempDirectory scratch;
  scratch.write("cg/cgroup.controllers", "cpu memory_like\n");
  const std::string unified = scratch.path("cg");
  const auto roots =
      find_cgroup_roots(scratch.write("mounts", "cgroup2 " + unified + " cgroup2 rw 0 0\n"));
  ASSERT_FALSE(roots);
  EXPECT_NE(roots.error().message.find("cgroup_disable=memory"), std::string::npos);
}

}  // namespace
}  // namespace pagefare::demo
