// SPDX-License-Identifier: Apache-2.0
// What happens to a machine happens to the daemon too: it keeps counting, or comes back.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/source_fixture.h"

namespace pagefare::guest {
namespace {

using namespace std::chrono_literals;

class Stress : public Source {
 protected:
  /// The daemon still counts a move to the byte.
  void expect_exact_count() {
    auto cgroup = Cgroup::create("proof");
    ASSERT_TRUE(cgroup) << cgroup.error().message;
    auto mover = MoverProcess::start({"--mib", "8", "--owner", "proof"});
    ASSERT_TRUE(mover) << mover.error().message;
    const auto change = observe([&] { (void)mover->order("go"); });
    EXPECT_EQ(change.cgroup("/proof", "owner", "bytes"), 8 * kMib);
    EXPECT_EQ(change.cgroup("/proof", "initiator", "bytes"), 8 * kMib);
  }
};

TEST_F(Stress, OfAKillWhileMigratingIsOverWithTheNextStart) {
  auto cgroup = Cgroup::create("busy");
  ASSERT_TRUE(cgroup) << cgroup.error().message;
  auto busy = MoverProcess::start({"--mib", "32", "--rounds", "100000", "--owner", "busy"});
  ASSERT_TRUE(busy && busy->send("go"));
  std::this_thread::sleep_for(500ms);
  daemon().kill();
  SetUp();
  const auto while_busy = daemon().settled();
  ASSERT_TRUE(while_busy) << while_busy.error().message;
  EXPECT_GT(while_busy->cgroup("/busy", "owner", "bytes"), 0);
  busy->kill();
  expect_exact_count();
}

TEST_F(Stress, OfACpuGoingAwayAndComingBackLosesNothing) {
  const std::string cpu = "/sys/devices/system/cpu/cpu1/online";
  auto cgroup = Cgroup::create("busy");
  ASSERT_TRUE(cgroup) << cgroup.error().message;
  auto busy = MoverProcess::start({"--mib", "16", "--rounds", "24", "--owner", "busy"});
  ASSERT_TRUE(busy) << busy.error().message;
  Result<nlohmann::json> moved;
  const auto change = observe([&] {
    EXPECT_TRUE(busy->send("go"));
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(write_file(cpu, "0"));
      EXPECT_TRUE(write_file(cpu, "1"));
    }
    moved = busy->answer();
  });
  ASSERT_TRUE(moved) << moved.error().message;
  const auto bytes = (*moved)["pgmigrate_success"].get<std::int64_t>() * kBasePage;
  EXPECT_GT(bytes, 0);
  EXPECT_EQ(change.cgroup("/busy", "owner", "bytes"), bytes) << *moved;
  EXPECT_EQ(change.cgroup("/busy", "initiator", "bytes"), bytes) << *moved;
}

TEST_F(Stress, OfANeighbourOutOfMemoryDoesNotReachTheDaemon) {
  auto neighbour = Cgroup::create("neighbour");
  ASSERT_TRUE(neighbour) << neighbour.error().message;
  ASSERT_TRUE(neighbour->write("memory.max", "16M"));
  const auto greedy = MoverProcess::start({"--mib", "64", "--owner", "neighbour"});
  EXPECT_FALSE(greedy) << "64 MiB fit into 16";
  EXPECT_GT(neighbour->read_key("memory.events", "oom_kill").value_or(0), 0U);
  expect_exact_count();
}

TEST_F(Stress, OfAModuleComingAndGoingLosesNothing) {
  const std::string module = "/guest/spare/failover.ko";
  if (!read_file(module)) {
    GTEST_SKIP() << "this boot carries no spare module";
  }
  auto cgroup = Cgroup::create("busy");
  ASSERT_TRUE(cgroup) << cgroup.error().message;
  auto busy = MoverProcess::start({"--mib", "16", "--rounds", "24", "--owner", "busy"});
  ASSERT_TRUE(busy) << busy.error().message;
  Result<nlohmann::json> moved;
  const auto change = observe([&] {
    EXPECT_TRUE(busy->send("go"));
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(std::system(("insmod " + module + " && rmmod failover").c_str()), 0);
    }
    moved = busy->answer();
  });
  ASSERT_TRUE(moved) << moved.error().message;
  const auto bytes = (*moved)["pgmigrate_success"].get<std::int64_t>() * kBasePage;
  EXPECT_GT(bytes, 0);
  EXPECT_EQ(change.cgroup("/busy", "owner", "bytes"), bytes) << *moved;
}

}  // namespace
}  // namespace pagefare::guest
