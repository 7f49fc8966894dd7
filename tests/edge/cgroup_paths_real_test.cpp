// SPDX-License-Identifier: Apache-2.0
// The same port on the real hierarchy of this machine: cgroups that come, go, come back.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <vector>

#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/cgroup_paths.h"
#include "controller/edge/file_descriptor.h"
#include "controller/edge/system_clock.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

/// This thread has no CAP_DAC_READ_SEARCH in effect for as long as this lives.
class WithoutReadSearch {
 public:
  WithoutReadSearch() {
    EXPECT_EQ(::syscall(SYS_capget, &header_, before_.data()), 0);
    auto less = before_;
    less[0].effective &= ~(1U << CAP_DAC_READ_SEARCH);
    EXPECT_EQ(::syscall(SYS_capset, &header_, less.data()), 0);
  }
  WithoutReadSearch(const WithoutReadSearch&) = delete;
  WithoutReadSearch& operator=(const WithoutReadSearch&) = delete;
  ~WithoutReadSearch() { EXPECT_EQ(::syscall(SYS_capset, &header_, before_.data()), 0); }

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> before_{};
};

/// A cgroup of our own in the real hierarchy, removed with all below it.
class RealCgroupPaths : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to make cgroups";
    const auto hierarchy = find_cgroup_hierarchy(Roots{});
    if (!hierarchy) GTEST_SKIP() << hierarchy.error().message;
    root_ = hierarchy->path;
    ours_ = "/pagefare_test_" + std::to_string(::getpid());
    if (::mkdir((root_ + ours_).c_str(), 0755) != 0) {
      ours_.clear();
      GTEST_SKIP() << "no cgroup can be made below " << root_;
    }
    settings_.use_handles = GetParam();
    settings_.walk_interval = Nanoseconds(0);
    if (GetParam() && CgroupHandles(root_).obstacle()) {
      GTEST_SKIP() << *CgroupHandles(root_).obstacle();
    }
  }
  void TearDown() override {
    std::ranges::reverse(made_);
    for (const std::string& path : made_) ::rmdir((root_ + path).c_str());
    if (!ours_.empty()) ::rmdir((root_ + ours_).c_str());
  }
  CgroupId make(const std::string& below) {
    const std::string path = ours_ + "/" + below;
    EXPECT_EQ(::mkdir((root_ + path).c_str(), 0755), 0) << path;
    made_.push_back(path);
    return CgroupId{inode_of(root_ + path)};
  }
  void remove(const std::string& below) const {
    EXPECT_EQ(::rmdir((root_ + ours_ + "/" + below).c_str()), 0) << below;
  }
  CgroupPaths open() { return {root_, clock_, settings_}; }

  /// Stands still: no walk has to wait for the cost of the one before.
  test::FakeClock clock_;
  SystemClock stopwatch_;
  CgroupPathsSettings settings_;
  std::string root_;
  std::string ours_;
  std::vector<std::string> made_;
};

TEST_P(RealCgroupPaths, NamesTheRootAndNestedCgroups) {
  const CgroupId outer = make("outer");
  const CgroupId inner = make("outer/in ner (deleted)");
  CgroupPaths paths = open();
  EXPECT_EQ(paths.path(CgroupId{inode_of(root_)}), "/");
  EXPECT_EQ(paths.path(outer), ours_ + "/outer");
  EXPECT_EQ(paths.path(inner), ours_ + "/outer/in ner (deleted)");
}

TEST_P(RealCgroupPaths, TellsARecreatedCgroupFromTheOldOne) {
  const CgroupId old = make("a");
  CgroupPaths paths = open();
  EXPECT_EQ(paths.path(old), ours_ + "/a");
  remove("a");
  const CgroupId young = make("a");
  ASSERT_NE(old, young);
  EXPECT_EQ(paths.find_removed(), std::vector{old});
  EXPECT_EQ(paths.path(young), ours_ + "/a");
  paths.forget(old);
  EXPECT_EQ(paths.path(old), std::nullopt);
}

TEST_P(RealCgroupPaths, HasNoPathForARemovedCgroupThatIsHeldOpen) {
  const CgroupId id = make("pinned");
  const FileDescriptor pin(
      ::open((root_ + ours_ + "/pinned").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(pin.is_open());
  remove("pinned");
  CgroupPaths paths = open();
  EXPECT_EQ(paths.path(id), std::nullopt);
}

TEST_P(RealCgroupPaths, HasNoPathForAFileOfACgroup) {
  make("a");
  CgroupPaths paths = open();
  EXPECT_EQ(paths.path(CgroupId{inode_of(root_ + ours_ + "/a/cgroup.procs")}), std::nullopt);
}

TEST_P(RealCgroupPaths, NamesNothingOutsideAMountOfAPart) {
  make("part");
  const CgroupId inside = make("part/in");
  const CgroupId outside = make("out");
  const TempDirectory elsewhere;
  const std::string source = root_ + ours_ + "/part";
  if (::mount(source.c_str(), elsewhere.path().c_str(), nullptr, MS_BIND, nullptr) != 0) {
    GTEST_SKIP() << "no bind mount can be made here";
  }
  {
    CgroupPaths paths(elsewhere.path(), clock_, settings_);
    EXPECT_EQ(paths.path(inside), "/in");
    EXPECT_EQ(paths.path(outside), std::nullopt);
    EXPECT_EQ(paths.path(CgroupId{inode_of(root_)}), std::nullopt);
  }
  EXPECT_EQ(::umount2(elsewhere.path().c_str(), MNT_DETACH), 0);
}

TEST_P(RealCgroupPaths, TellsARenamedCgroupFromARemovedOneIfTheKernelCanBeAsked) {
  const CgroupId id = make("old");
  CgroupPaths paths = open();
  paths.path(id);
  const std::string from = root_ + ours_ + "/old";
  const std::string to = root_ + ours_ + "/new";
  if (::rename(from.c_str(), to.c_str()) != 0) GTEST_SKIP() << "only v1 renames cgroups";
  made_.back() = ours_ + "/new";
  const bool by_handle = GetParam();
  EXPECT_EQ(paths.find_removed(), by_handle ? std::vector<CgroupId>{} : std::vector{id});
  EXPECT_EQ(paths.path(id), ours_ + (by_handle ? "/new" : "/old"));
}

TEST_P(RealCgroupPaths, WalksOnceTheCapabilityIsDropped) {
  const CgroupId before = make("before");
  const CgroupId after = make("after");
  CgroupPaths paths = open();
  EXPECT_EQ(paths.path(before), ours_ + "/before");
  EXPECT_EQ(paths.why_walking().has_value(), !GetParam());
  {
    const WithoutReadSearch dropped;
    EXPECT_EQ(paths.path(after), ours_ + "/after");
  }
  EXPECT_TRUE(paths.why_walking().has_value());
  EXPECT_EQ(paths.walks(), 1U);
}

TEST_P(RealCgroupPaths, FollowsAThousandCgroupsToTheirEnd) {
  constexpr int kCgroups = 1000;
  std::vector<CgroupId> ids;
  ids.reserve(kCgroups);
  for (int i = 0; i < kCgroups; ++i) ids.push_back(make("g" + std::to_string(i)));
  CgroupPaths paths = open();

  const Nanoseconds start = stopwatch_.thread_cpu();
  for (int i = 0; i < kCgroups; ++i) {
    ASSERT_EQ(paths.path(ids[static_cast<std::size_t>(i)]), ours_ + "/g" + std::to_string(i));
  }
  const Nanoseconds resolved = stopwatch_.thread_cpu();
  for (const CgroupId id : ids) paths.path(id);
  const Nanoseconds again = stopwatch_.thread_cpu();
  EXPECT_TRUE(paths.find_removed().empty());
  const Nanoseconds looked = stopwatch_.thread_cpu();
  std::cout << "CPU ns per first path " << (resolved - start).count() / kCgroups << ", per known "
            << (again - resolved).count() / kCgroups << ", per look "
            << (looked - again).count() / static_cast<std::int64_t>(settings_.looks_per_call)
            << '\n';

  for (int i = 0; i < kCgroups; ++i) remove("g" + std::to_string(i));
  std::vector<CgroupId> removed;
  for (int call = 0; call < kCgroups / 64 + 1; ++call) {
    const auto some = paths.find_removed();
    EXPECT_LE(some.size(), settings_.looks_per_call);
    removed.insert(removed.end(), some.begin(), some.end());
  }
  std::ranges::sort(removed);
  std::ranges::sort(ids);
  EXPECT_EQ(removed, ids);
}

INSTANTIATE_TEST_SUITE_P(Ways, RealCgroupPaths, testing::Bool(), [](const auto& suite_info) {
  return suite_info.param ? "ByHandle" : "ByWalk";
});

}  // namespace
}  // namespace pagefare
