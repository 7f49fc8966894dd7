// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/cgroup_hierarchy.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

/// A proc and a place for cgroup mounts; mountinfo lines are added by the tests.
class CgroupHierarchyTest : public testing::Test {
 protected:
  std::string mount(const std::string& below, const std::string& type, const std::string& options,
                    const std::string& root = "/") {
    mounts_ += "31 23 0:28 " + root + " " + at(below) + " rw,relatime shared:9 master:1 - " + type +
               " " + type + " " + options + "\n";
    directory_.write("proc/self/mountinfo", mounts_);
    return at(below);
  }
  void controllers(const std::string& below, const std::string& names) {
    directory_.write("cgroup/" + below + "/cgroup.controllers", names + "\n");
  }
  std::string at(const std::string& below) const { return directory_.path("cgroup/" + below); }
  Result<CgroupHierarchy> find() const { return find_cgroup_hierarchy(roots()); }
  Roots roots() const {
    return {directory_.path("proc"), directory_.path("sys"), directory_.path("cgroup")};
  }

  TempDirectory directory_;
  std::string mounts_ = "22 1 254:0 / / rw,relatime - ext4 /dev/root rw\n";
};

TEST_F(CgroupHierarchyTest, IsTheV2MountWhenThatHasMemory) {
  const std::string v2 = mount("v2", "cgroup2", "rw,nsdelegate");
  controllers("v2", "cpuset cpu io memory pids");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, v2);
  EXPECT_TRUE(found->memory_on_v2);
  EXPECT_EQ(found->v2_path, v2);
  EXPECT_TRUE(found->whole);
}

TEST_F(CgroupHierarchyTest, IsTheV1MemoryMountOnAHybridHost) {
  mount("cpu", "cgroup", "rw,cpu,cpuacct");
  const std::string v1 = mount("memory", "cgroup", "rw,memory");
  const std::string v2 = mount("unified", "cgroup2", "rw");
  controllers("unified", "");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, v1);
  EXPECT_FALSE(found->memory_on_v2);
  EXPECT_EQ(found->v2_path, v2);
}

TEST_F(CgroupHierarchyTest, HasNoV2PathOnAPureV1Host) {
  const std::string v1 = mount("memory", "cgroup", "rw,memory");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, v1);
  EXPECT_EQ(found->v2_path, std::nullopt);
}

TEST_F(CgroupHierarchyTest, TakesControllerNamesWhole) {
  mount("v2", "cgroup2", "rw");
  controllers("v2", "memoryless xmemory");
  mount("other", "cgroup", "rw,memory_recursiveprot,name=memory");
  EXPECT_FALSE(find());
}

TEST_F(CgroupHierarchyTest, UndoesTheEscapesOfAPath) {
  const std::string plain = at("a b");
  mount("a\\040b", "cgroup", "rw,memory");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, plain);
}

TEST_F(CgroupHierarchyTest, PrefersTheMountThatShowsAll) {
  mount("part", "cgroup", "rw,memory", "/docker/abc");
  const std::string whole = mount("whole", "cgroup", "rw,memory");
  mount("part2", "cgroup", "rw,memory", "/../..");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, whole);
  EXPECT_TRUE(found->whole);
}

TEST_F(CgroupHierarchyTest, PrefersTheMountBelowTheGivenRoot) {
  mounts_ += "40 1 0:3 / /elsewhere rw - cgroup cgroup rw,memory\n";
  const std::string below = mount("memory", "cgroup", "rw,memory");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, below);
}

TEST_F(CgroupHierarchyTest, IsNotWholeWhenOnlyAPartIsMounted) {
  mount("memory", "cgroup", "rw,memory", "/docker/abc");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_FALSE(found->whole);
}

TEST_F(CgroupHierarchyTest, IsNotWholeInACgroupNamespace) {
  mount("memory", "cgroup", "rw,memory");
  directory_.make_directory("proc/self/ns");
  std::filesystem::create_symlink("cgroup:[4026532999]", directory_.path("proc/self/ns/cgroup"));
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_FALSE(found->whole);
}

TEST_F(CgroupHierarchyTest, SaysWhatToMountWhenThereIsNoMemoryController) {
  mount("unified", "cgroup2", "rw");
  controllers("unified", "cpu io");
  const auto found = find();
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("mount -t cgroup2"), std::string::npos)
      << found.error().message;
}

TEST_F(CgroupHierarchyTest, NamesTheBootParameterWhenMemoryIsSwitchedOff) {
  mount("unified", "cgroup2", "rw");
  controllers("unified", "cpu io");
  directory_.write(
      "proc/cgroups",
      "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t0\t9\t1\nmemory\t0\t1\t0\n");
  const auto found = find();
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("cgroup_disable=memory"), std::string::npos)
      << found.error().message;
}

TEST_F(CgroupHierarchyTest, NamesTheFileThatCannotBeRead) {
  const auto found = find();
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("/proc/self/mountinfo: cannot be opened"), std::string::npos)
      << found.error().message;
}

TEST_F(CgroupHierarchyTest, LeavesOutLinesOfAnotherShape) {
  mounts_ += "\n-\n1 2 3\n31 23 0:28 / /x rw\n31 23 0:28 / /x rw -\n\\\\\\ - - - - - -\n";
  const std::string v1 = mount("memory", "cgroup", "rw,memory");
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, v1);
}

TEST(CgroupHierarchyOfThisMachine, ShowsADirectoryPerCgroup) {
  const auto found = find_cgroup_hierarchy(Roots{});
  if (!found) GTEST_SKIP() << "no memory controller here: " << found.error().message;
  EXPECT_TRUE(std::filesystem::exists(found->path + "/cgroup.procs")) << found->path;
}

}  // namespace
}  // namespace pagefare
