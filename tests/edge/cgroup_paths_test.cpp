// SPDX-License-Identifier: Apache-2.0
// The walk, on a directory tree of our own: any file system has inodes.
#include "controller/edge/cgroup_paths.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CgroupPathsTest : public testing::Test {
 protected:
  static CgroupPathsSettings settings() {
    return {.negative_capacity = 8,
            .negative_lifetime = seconds(60),
            .walk_interval = seconds(5),
            .looks_per_call = 4};
  }
  CgroupId make(const std::string& below) const {
    return CgroupId{inode_of(root_.make_directory(below))};
  }
  /// "g0" to "g9".
  std::vector<CgroupId> make_ten() const {
    std::vector<CgroupId> ids(10);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = make("g" + std::to_string(i));
    return ids;
  }
  void remove(const std::string& below) const { std::filesystem::remove_all(root_.path(below)); }
  /// A directory under the name of another one, which is gone: certain to have another inode.
  CgroupId replace(const std::string& below) const {
    const CgroupId id = make("~new");
    std::filesystem::remove_all(root_.path(below));
    std::filesystem::rename(root_.path("~new"), root_.path(below));
    return id;
  }

  TempDirectory root_;
  test::FakeClock clock_;
  static constexpr CgroupId kNobody{0xffff'ffff'ffff};
};

TEST_F(CgroupPathsTest, WalksWhereTheFileSystemIsNoCgroupfs) {
  CgroupPaths paths(root_.path(), clock_, settings());
  EXPECT_TRUE(paths.why_walking().has_value());
}

TEST_F(CgroupPathsTest, NamesANestedDirectoryFromTheRoot) {
  const CgroupId id = make("a.slice/b.scope/c d");
  CgroupPaths paths(root_.path(), clock_, settings());
  EXPECT_EQ(paths.path(id), "/a.slice/b.scope/c d");
}

TEST_F(CgroupPathsTest, NamesTheRoot) {
  CgroupPaths paths(root_.path(), clock_, settings());
  EXPECT_EQ(paths.path(CgroupId{inode_of(root_.path())}), "/");
}

TEST_F(CgroupPathsTest, HasNoPathForAFile) {
  const CgroupId id{inode_of(root_.write("a/cgroup.procs", ""))};
  CgroupPaths paths(root_.path(), clock_, settings());
  EXPECT_EQ(paths.path(id), std::nullopt);
}

TEST_F(CgroupPathsTest, DoesNotFollowLinks) {
  const TempDirectory outside;
  const CgroupId id{inode_of(outside.make_directory("x"))};
  std::filesystem::create_directory_symlink(outside.path(), root_.path("link"));
  CgroupPaths paths(root_.path(), clock_, settings());
  EXPECT_EQ(paths.path(id), std::nullopt);
}

TEST_F(CgroupPathsTest, WalksOnceForManyUnknownIds) {
  CgroupPaths paths(root_.path(), clock_, settings());
  for (std::uint64_t id = 1; id <= 1000; ++id) paths.path(CgroupId{kNobody.value + id});
  EXPECT_EQ(paths.walks(), 1U);
}

TEST_F(CgroupPathsTest, FindsANewDirectoryAfterTheWalkInterval) {
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(kNobody);
  const CgroupId id = make("late");
  EXPECT_EQ(paths.path(id), std::nullopt);
  clock_.now += seconds(5);
  EXPECT_EQ(paths.path(id), "/late");
}

TEST_F(CgroupPathsTest, WaitsLongerAfterACostlyWalk) {
  clock_.cpu_per_look = milliseconds(100);  // 200 times that: 20 s
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(kNobody);
  const CgroupId id = make("late");
  clock_.now += seconds(19);
  EXPECT_EQ(paths.path(id), std::nullopt);
  clock_.now += seconds(1);
  EXPECT_EQ(paths.path(id), "/late");
}

TEST_F(CgroupPathsTest, DoesNotWalkAgainForAnIdThatAWalkDidNotFind) {
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(kNobody);
  clock_.now += seconds(59);
  paths.path(kNobody);
  EXPECT_EQ(paths.walks(), 1U);
}

TEST_F(CgroupPathsTest, SearchesAgainWhenANegativeAnswerIsTooOld) {
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(kNobody);
  clock_.now += seconds(60);
  paths.path(kNobody);
  EXPECT_EQ(paths.walks(), 2U);
}

TEST_F(CgroupPathsTest, OneWalkSettlesAllWhoWaited) {
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(kNobody);
  for (std::uint64_t i = 1; i <= 5; ++i) paths.path(CgroupId{kNobody.value + i});
  for (int i = 0; i < 5; ++i) {
    clock_.now += seconds(5);
    for (std::uint64_t n = 1; n <= 5; ++n) paths.path(CgroupId{kNobody.value + n});
  }
  EXPECT_EQ(paths.walks(), 2U);
}

TEST_F(CgroupPathsTest, CountsAnIdWithoutAPathOnce) {
  CgroupPaths paths(root_.path(), clock_, settings());
  for (int i = 0; i < 10; ++i) paths.path(kNobody);
  EXPECT_EQ(paths.failures(), 1U);
}

TEST_F(CgroupPathsTest, FindsARemovedDirectoryOnce) {
  const CgroupId id = make("a");
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(id);
  EXPECT_TRUE(paths.find_removed().empty());
  remove("a");
  EXPECT_EQ(paths.find_removed(), std::vector{id});
  EXPECT_TRUE(paths.find_removed().empty());
}

TEST_F(CgroupPathsTest, TakesARecreatedDirectoryForAnother) {
  const CgroupId old = make("a");
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(old);
  const CgroupId young = replace("a");
  clock_.now += seconds(5);
  EXPECT_EQ(paths.find_removed(), std::vector{old});
  EXPECT_EQ(paths.path(young), "/a");
}

TEST_F(CgroupPathsTest, RemembersTheNameOfARemovedDirectoryUntilForgotten) {
  const CgroupId id = make("a");
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(id);
  remove("a");
  paths.find_removed();
  EXPECT_EQ(paths.path(id), "/a");
  paths.forget(id);
  EXPECT_EQ(paths.path(id), std::nullopt);
  EXPECT_EQ(paths.remembered(), 0U);
}

TEST_F(CgroupPathsTest, TakesAFileInItsPlaceForARemoval) {
  const CgroupId id = make("a");
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(id);
  remove("a");
  root_.write("a", "");
  EXPECT_EQ(paths.find_removed(), std::vector{id});
}

TEST_F(CgroupPathsTest, LooksAtABoundedNumberPerCallAndAtAllInTurn) {
  const std::vector<CgroupId> ids = make_ten();
  CgroupPaths paths(root_.path(), clock_, settings());
  for (const CgroupId id : ids) paths.path(id);
  for (int i = 0; i < 10; ++i) remove("g" + std::to_string(i));
  std::vector<std::size_t> counts;
  std::vector<CgroupId> found;
  for (int i = 0; i < 4; ++i) {
    const auto removed = paths.find_removed();
    counts.push_back(removed.size());
    found.insert(found.end(), removed.begin(), removed.end());
  }
  EXPECT_EQ(counts, (std::vector<std::size_t>{4, 4, 2, 0}));
  EXPECT_TRUE(std::ranges::is_permutation(found, ids));
}

TEST_F(CgroupPathsTest, FindsTheOneRemovedAmongManyWithinOneRound) {
  const std::vector<CgroupId> ids = make_ten();
  CgroupPaths paths(root_.path(), clock_, settings());
  for (const CgroupId id : ids) paths.path(id);
  paths.find_removed();
  remove("g7");
  std::vector<CgroupId> found;
  for (int i = 0; i < 3; ++i) {
    const auto removed = paths.find_removed();
    found.insert(found.end(), removed.begin(), removed.end());
  }
  EXPECT_EQ(found, std::vector{ids[7]});
}

TEST_F(CgroupPathsTest, ForgettingAnUnknownIdChangesNothing) {
  const CgroupId id = make("a");
  CgroupPaths paths(root_.path(), clock_, settings());
  paths.path(id);
  paths.forget(kNobody);
  EXPECT_EQ(paths.path(id), "/a");
}

TEST_F(CgroupPathsTest, AnswersNothingWhenTheRootIsNotThere) {
  CgroupPaths paths(root_.path("missing"), clock_, settings());
  EXPECT_EQ(paths.path(kNobody), std::nullopt);
  EXPECT_TRUE(paths.find_removed().empty());
}

TEST(NegativeCache, MakesRoomByDroppingTheOldest) {
  NegativeCache cache(3, seconds(60));
  for (std::uint64_t id = 1; id <= 4; ++id) cache.add(CgroupId{id}, seconds(id));
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_FALSE(cache.contains(CgroupId{1}, seconds(5)));
  EXPECT_TRUE(cache.contains(CgroupId{2}, seconds(5)));
}

TEST(NegativeCache, ForgetsWhenTheLifetimeIsOver) {
  NegativeCache cache(3, seconds(60));
  cache.add(CgroupId{1}, seconds(0));
  EXPECT_TRUE(cache.contains(CgroupId{1}, seconds(60) - Nanoseconds(1)));
  EXPECT_FALSE(cache.contains(CgroupId{1}, seconds(60)));
}

TEST(NegativeCache, DropsTheExpiredBeforeTheLiving) {
  NegativeCache cache(2, seconds(60));
  cache.add(CgroupId{1}, seconds(0));
  cache.add(CgroupId{1}, seconds(60));  // anew, at its place in age
  cache.add(CgroupId{2}, seconds(61));
  EXPECT_TRUE(cache.contains(CgroupId{1}, seconds(61)));
  EXPECT_EQ(cache.size(), 2U);
}

}  // namespace
}  // namespace pagefare
