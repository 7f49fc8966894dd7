// SPDX-License-Identifier: Apache-2.0
// Known amounts move between nodes; the daemon must say whose they were and who asked, to the byte.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"

namespace pagefare::guest {
namespace {

constexpr std::int64_t kMib = 1 << 20;
constexpr std::int64_t kBasePage = 4096;

struct Move {
  const char* how;
  const char* kind;
  bool by_another;
};

void PrintTo(const Move& move, std::ostream* out) {
  *out << move.how << " of " << move.kind << (move.by_another ? " by another" : "");
}

constexpr Move kMoves[] = {
    {"move_pages", "base", false},   {"move_pages", "huge", false},   {"move_pages", "base", true},
    {"move_pages", "huge", true},    {"mbind", "base", false},        {"mbind", "huge", false},
    {"migrate_pages", "base", true}, {"migrate_pages", "huge", true},
};

using Case = std::tuple<std::string, Move>;

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const auto& move = std::get<Move>(info.param);
  return std::string(move.how) + "_" + move.kind + (move.by_another ? "_by_another" : "_by_itself");
}

class Owners : public testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(Precise, Owners,
                         testing::Combine(testing::Values("precise"), testing::ValuesIn(kMoves)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Portable, Owners,
                         testing::Combine(testing::Values("portable"), testing::ValuesIn(kMoves)),
                         name_of);

std::vector<std::string> orders_for(const Move& move) {
  std::vector<std::string> orders{"--mib",  "32",      "--how",   move.how,
                                  "--kind", move.kind, "--owner", "owner"};
  if (move.by_another) {
    orders.insert(orders.end(), {"--initiator", "initiator"});
  }
  return orders;
}

TEST_P(Owners, AreBilledForTheirMemoryAndInitiatorsForTheirCallsToTheByte) {
  const auto& [layer, move] = GetParam();
  const auto daemon = shared_daemon(layer);
  ASSERT_TRUE(daemon) << daemon.error().message;
  auto owner = Cgroup::create("owner");
  auto initiator = Cgroup::create("initiator");
  ASSERT_TRUE(owner && initiator);
  auto mover = MoverProcess::start(orders_for(move));
  ASSERT_TRUE(mover) << mover.error().message;
  Result<nlohmann::json> moved;
  const auto change = change_during(**daemon, [&] { moved = mover->order("go"); });
  ASSERT_TRUE(moved) << moved.error().message;
  ASSERT_TRUE(change) << change.error().message;

  const std::string asker = move.by_another ? "/initiator" : "/owner";
  EXPECT_EQ(change->after().layer(), layer);
  EXPECT_EQ(change->cgroup("/owner", "owner", "bytes"), 32 * kMib);
  EXPECT_EQ(change->cgroup(asker, "initiator", "bytes"), 32 * kMib);
  EXPECT_EQ(change->cgroup(asker, "charged", "bytes"), 32 * kMib);
  // The kernel may move a page of its own meanwhile.
  EXPECT_GE(change->total("bytes"), 32 * kMib);
  EXPECT_LE(change->total("bytes"), 32 * kMib + (64 * kBasePage));
  EXPECT_EQ(change->total("pages_migrated"), (*moved)["pgmigrate_success"].get<std::int64_t>());
  EXPECT_EQ((*moved)["pgmigrate_success"], 32 * kMib / kBasePage);
}

TEST_P(Owners, HaveTheirFoliosCountedBySize) {
  const auto& [layer, move] = GetParam();
  const auto daemon = shared_daemon(layer);
  ASSERT_TRUE(daemon) << daemon.error().message;
  auto owner = Cgroup::create("owner");
  auto initiator = Cgroup::create("initiator");
  ASSERT_TRUE(owner && initiator);
  auto mover = MoverProcess::start(orders_for(move));
  ASSERT_TRUE(mover) << mover.error().message;
  const auto change = change_during(**daemon, [&] { (void)mover->order("go"); });
  ASSERT_TRUE(change) << change.error().message;
  const auto folio = std::string(move.kind) == "huge" ? 2 * kMib : kBasePage;
  EXPECT_EQ(change->cgroup("/owner", "owner", "folios"), 32 * kMib / folio);
}

class ManyOwners : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Precise, ManyOwners, testing::Values("precise"));
INSTANTIATE_TEST_SUITE_P(Portable, ManyOwners, testing::Values("portable"));

TEST_P(ManyOwners, WhoMoveAtTheSameTimeAreKeptApart) {
  const auto daemon = shared_daemon(GetParam());
  ASSERT_TRUE(daemon) << daemon.error().message;
  auto a = Cgroup::create("a");
  auto b = Cgroup::create("b");
  auto c = Cgroup::create("c");
  ASSERT_TRUE(a && b && c);
  std::vector<Result<MoverProcess>> movers;
  movers.push_back(MoverProcess::start({"--mib", "40", "--owner", "a"}));
  movers.push_back(
      MoverProcess::start({"--mib", "24", "--kind", "huge", "--how", "mbind", "--owner", "b"}));
  movers.push_back(MoverProcess::start({"--mib", "16", "--owner", "c", "--initiator", "a"}));
  for (const auto& mover : movers) {
    ASSERT_TRUE(mover) << mover.error().message;
  }
  const auto change = change_during(**daemon, [&] {
    for (auto& mover : movers) {
      (void)mover->send("go");
    }
    for (auto& mover : movers) {
      (void)mover->answer();
    }
  });
  ASSERT_TRUE(change) << change.error().message;
  EXPECT_EQ(change->cgroup("/a", "owner", "bytes"), 40 * kMib);
  EXPECT_EQ(change->cgroup("/b", "owner", "bytes"), 24 * kMib);
  EXPECT_EQ(change->cgroup("/c", "owner", "bytes"), 16 * kMib);
  EXPECT_EQ(change->cgroup("/a", "initiator", "bytes"), 56 * kMib);
  EXPECT_EQ(change->cgroup("/b", "initiator", "bytes"), 24 * kMib);
  EXPECT_EQ(change->cgroup("/c", "initiator", "bytes"), 0);
}

TEST_P(ManyOwners, AddUpToWhatWasMeasured) {
  const auto daemon = shared_daemon(GetParam());
  ASSERT_TRUE(daemon) << daemon.error().message;
  auto a = Cgroup::create("a");
  ASSERT_TRUE(a) << a.error().message;
  auto mover = MoverProcess::start({"--mib", "16", "--owner", "a", "--rounds", "3"});
  ASSERT_TRUE(mover) << mover.error().message;
  ASSERT_TRUE(mover->order("go"));
  const auto status = (*daemon)->settled();
  ASSERT_TRUE(status) << status.error().message;
  for (const char* name : {"bytes", "folios", "copy_cpu_ns"}) {
    EXPECT_EQ(status->cgroups("charged", name) + status->unattributed(name), status->total(name))
        << name;
  }
}

TEST_P(ManyOwners, PayNothingForPagesThatCouldNotMove) {
  const auto daemon = shared_daemon(GetParam());
  ASSERT_TRUE(daemon) << daemon.error().message;
  auto a = Cgroup::create("a");
  ASSERT_TRUE(a) << a.error().message;
  auto mover = MoverProcess::start({"--mib", "8", "--owner", "a", "--pinned", "10"});
  ASSERT_TRUE(mover) << mover.error().message;
  Result<nlohmann::json> moved;
  const auto change = change_during(**daemon, [&] { moved = mover->order("go"); });
  ASSERT_TRUE(change && moved);
  EXPECT_EQ((*moved)["not_moved"], 10);
  EXPECT_EQ(change->cgroup("/a", "owner", "bytes"), (8 * kMib) - (10 * kBasePage));
  // The kernel may move a page of its own meanwhile.
  EXPECT_GE(change->total("bytes"), (8 * kMib) - (10 * kBasePage));
  EXPECT_LE(change->total("bytes"), (8 * kMib) - (10 * kBasePage) + (64 * kBasePage));
}

}  // namespace
}  // namespace pagefare::guest
