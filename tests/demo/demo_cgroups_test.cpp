// SPDX-License-Identifier: Apache-2.0
// On plain directories: what a cgroup file system adds (files that appear by themselves) is covered
// by the kernel tests.
#include "controller/demo/demo_cgroups.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare::demo {
namespace {

namespace fs = std::filesystem;

class HybridHost : public ::testing::Test {
 protected:
  HybridHost() {
    fs::create_directories(scratch_.path("memory"));
    fs::create_directories(scratch_.path("unified"));
    roots_.memory = scratch_.path("memory");
    roots_.unified = scratch_.path("unified");
  }
  TempDirectory scratch_;
  CgroupRoots roots_;
};

TEST_F(HybridHost, GetsTheCgroupsInBothHierarchies) {
  DemoCgroups cgroups(roots_, "demo", {"a", "b"}, false);
  ASSERT_TRUE(cgroups.create());
  for (const char* group : {"memory/demo/a", "memory/demo/b", "unified/demo/a", "unified/demo/b"}) {
    EXPECT_TRUE(fs::is_directory(scratch_.path(group))) << group;
  }
}

TEST_F(HybridHost, IsAsBeforeAfterRemoval) {
  DemoCgroups cgroups(roots_, "demo", {"a", "b"}, false);
  ASSERT_TRUE(cgroups.create());
  const auto removed = cgroups.remove();
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_TRUE(fs::is_empty(roots_.memory));
  EXPECT_TRUE(fs::is_empty(roots_.unified));
}

TEST_F(HybridHost, LosesTheEmptyCgroupsOfAKilledRun) {
  fs::create_directories(roots_.memory / "demo" / "of-old");
  DemoCgroups cgroups(roots_, "demo", {"a"}, false);
  ASSERT_TRUE(cgroups.create());
  EXPECT_FALSE(fs::exists(roots_.memory / "demo" / "of-old"));
}

TEST_F(HybridHost, KeepsCgroupsThatSomebodyLivesIn) {
  scratch_.write("memory/demo/a/cgroup.procs", "1\n");
  DemoCgroups cgroups(roots_, "demo", {"a"}, false);
  const auto made = cgroups.create();
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("--cgroup-prefix"), std::string::npos);
  EXPECT_TRUE(fs::exists(roots_.memory / "demo" / "a"));
}

TEST_F(HybridHost, IsAsBeforeWhenNotAllCanBeMade) {
  roots_.unified = scratch_.path("absent");
  DemoCgroups cgroups(roots_, "demo", {"a"}, false);
  EXPECT_FALSE(cgroups.create());
  EXPECT_TRUE(fs::is_empty(roots_.memory));
}

TEST_F(HybridHost, NamesTheIdOfTheMemoryHierarchy) {
  DemoCgroups cgroups(roots_, "demo", {"a"}, false);
  ASSERT_TRUE(cgroups.create());
  const auto id = cgroups.id("a");
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_EQ(id->value, inode_of((roots_.memory / "demo" / "a").string()));
  EXPECT_EQ(cgroups.path("a"), "/demo/a");
}

}  // namespace
}  // namespace pagefare::demo
