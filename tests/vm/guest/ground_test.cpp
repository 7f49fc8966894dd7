// SPDX-License-Identifier: Apache-2.0
// The ground itself, before anything stands on it: is the machine as described, does the mover move
// what it says, does the kernel count the same.
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/work.h"

namespace pagefare::guest {
namespace {

constexpr std::uint64_t kMib = 1U << 20U;
constexpr std::uint64_t kBasePage = 4096;

struct Move {
  std::string how;
  std::string kind;
};

void PrintTo(const Move& move, std::ostream* out) {
  *out << move.how << " of " << move.kind;
}

std::string name_of(const testing::TestParamInfo<Move>& info) {
  return info.param.how + "_" + info.param.kind;
}

class Mover : public testing::TestWithParam<Move> {};

INSTANTIATE_TEST_SUITE_P(Ground, Mover,
                         testing::Values(Move{"move_pages", "base"}, Move{"move_pages", "huge"},
                                         Move{"mbind", "base"}, Move{"mbind", "huge"},
                                         Move{"migrate_pages", "base"},
                                         Move{"migrate_pages", "huge"}),
                         name_of);

TEST_P(Mover, MovesEveryByteAndTheKernelCountsTheSame) {
  auto cgroup = Cgroup::create("mover");
  ASSERT_TRUE(cgroup) << cgroup.error().message;
  auto mover = MoverProcess::start(
      {"--mib", "32", "--how", GetParam().how, "--kind", GetParam().kind, "--owner", "mover"});
  ASSERT_TRUE(mover) << mover.error().message;
  const auto moved = mover->order("go");
  const auto report = mover->order("report");
  ASSERT_TRUE(moved) << moved.error().message;
  ASSERT_TRUE(report) << report.error().message;
  const bool huge = GetParam().kind == "huge";
  EXPECT_EQ((*report)["wrong_bytes"], 0);
  EXPECT_EQ((*report)["bytes_by_node"], (std::vector<std::uint64_t>{0, 32 * kMib}));
  EXPECT_EQ((*report)["huge_bytes"], huge ? 32 * kMib : 0);
  EXPECT_EQ((*moved)["pgmigrate_success"], 32 * kMib / kBasePage);
  EXPECT_EQ((*moved)["thp_migration_success"], huge ? 16 : 0);
  EXPECT_EQ((*moved)["not_moved"], 0);
}

TEST(MoverOfAnotherProcess, LeavesTheMemoryWithItsOwner) {
  auto owner = Cgroup::create("owner");
  auto initiator = Cgroup::create("initiator");
  ASSERT_TRUE(owner && initiator);
  auto mover = MoverProcess::start({"--mib", "32", "--owner", "owner", "--initiator", "initiator"});
  ASSERT_TRUE(mover) << mover.error().message;
  const auto moved = mover->order("go");
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ((*moved)["pgmigrate_success"], 32 * kMib / kBasePage);
  EXPECT_GE(owner->read_key("memory.stat", "anon").value_or(0), 32 * kMib);
  EXPECT_LT(initiator->read_key("memory.stat", "anon").value_or(32 * kMib), 4 * kMib);
}

TEST(Machine, HasTheTwoNodesThatTheTopologyNames) {
  EXPECT_EQ(read_file("/sys/devices/system/node/has_memory").value_or(""), "0-1\n");
  EXPECT_EQ(read_file("/sys/devices/system/node/has_cpu").value_or(""), "0-1\n");
}

TEST(SlowTier, HasMemoryAndNoCpus) {
  EXPECT_EQ(read_file("/sys/devices/system/node/has_memory").value_or(""), "0-2\n");
  EXPECT_EQ(read_file("/sys/devices/system/node/has_cpu").value_or(""), "0-1\n");
}

TEST(SlowTier, TakesWhatReclaimDemotes) {
  if (tiers_of_memory() < 2) {
    GTEST_SKIP() << "this kernel puts the slow node into the same memory tier as the others";
  }
  ASSERT_TRUE(write_file("/sys/kernel/mm/numa/demotion_enabled", "1"));
  auto cgroup = Cgroup::create("cold");
  ASSERT_TRUE(cgroup) << cgroup.error().message;
  auto mover = MoverProcess::start({"--mib", "64", "--owner", "cold"});
  ASSERT_TRUE(mover) << mover.error().message;
  const auto reclaimed = cgroup->write("memory.reclaim", "32M");
  EXPECT_TRUE(reclaimed) << reclaimed.error().message;
  const auto report = mover->order("report");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_GE((*report)["bytes_by_node"].at(2), 31 * kMib);
  EXPECT_EQ((*report)["wrong_bytes"], 0);
}

}  // namespace
}  // namespace pagefare::guest
