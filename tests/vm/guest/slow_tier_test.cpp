// SPDX-License-Identifier: Apache-2.0
// Demotion to the slow tier and promotion from it.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/source_fixture.h"

namespace pagefare::guest {
namespace {

using namespace std::chrono_literals;

class Demotion : public Source {
 protected:
  void SetUp() override {
    if (tiers_of_memory() < 2) {
      GTEST_SKIP() << "this kernel puts the slow node into the same memory tier as the others";
    }
    Source::SetUp();
    ASSERT_TRUE(write_file("/sys/kernel/mm/numa/demotion_enabled", "1"));
  }
};

TEST_F(Demotion, ByReclaimOnDemandIsPaidByTheTaskThatWroteTheFile) {
  auto cold = Cgroup::create("cold");
  auto asker = Cgroup::create("asker");
  ASSERT_TRUE(cold && asker);
  auto mover = MoverProcess::start({"--mib", "64", "--owner", "cold"});
  ASSERT_TRUE(mover) << mover.error().message;
  const auto change = observe([&] {
    const auto done = in_cgroup("asker", [&] { return cold->write("memory.reclaim", "32M"); });
    EXPECT_TRUE(done) << done.error().message;
  });
  EXPECT_GE(change.total("bytes"), 31 * kMib);
  EXPECT_EQ(change.bytes_for("demotion"), change.total("bytes"));
  EXPECT_GE(change.bytes_between(0, 2), 31 * kMib);
  EXPECT_EQ(change.bytes_between(0, 2) + change.bytes_between(1, 2), change.total("bytes"));
  EXPECT_EQ(change.cgroup("/cold", "owner", "bytes"), change.total("bytes"));
  EXPECT_EQ(change.cgroup("/asker", "initiator", "bytes"), change.total("bytes"));
  EXPECT_EQ(change.cgroup("/asker", "charged", "bytes"), change.total("bytes"));
}

TEST_F(Demotion, ByKswapdIsPaidByTheOwners) {
  auto cold = Cgroup::create("cold");
  ASSERT_TRUE(cold) << cold.error().message;
  auto idle = MoverProcess::start({"--mib", "400", "--owner", "cold"});
  ASSERT_TRUE(idle) << idle.error().message;
  const auto change = observe(
      [&] {
        const auto before = vmstat("pgdemote_kswapd");
        // More than node 0 has left, and bound to it: kswapd must make room.
        auto greedy = MoverProcess::start({"--mib", "560", "--to", "1"});
        EXPECT_TRUE(greedy) << greedy.error().message;
        EXPECT_GT(vmstat("pgdemote_kswapd"), before);
        auto last = vmstat("pgmigrate_success");
        EXPECT_TRUE(eventually(20s, [&] {
          const auto now = vmstat("pgmigrate_success");
          return std::exchange(last, now) == now;
        }));
      },
      Freed::kSome);
  const auto by_kswapd = change.pages_by("kswapd", "demotion") * kBasePage;
  EXPECT_GT(by_kswapd, 0);
  EXPECT_LE(change.cgroup("[kswapd]", "initiator", "bytes"), by_kswapd);
  EXPECT_GE(change.cgroup("[kswapd]", "initiator", "bytes"), by_kswapd * 9 / 10);
  EXPECT_GT(change.cgroup("/cold", "charged", "bytes"), 0);
  EXPECT_EQ(change.cgroup("/cold", "initiator", "bytes"), 0);
}

TEST_F(Demotion, IsUndoneByPromotionWhichTheTaskThatTouchesPays) {
  auto cold = Cgroup::create("cold");
  ASSERT_TRUE(cold) << cold.error().message;
  const std::string knobs = "/sys/kernel/debug/sched/numa_balancing/";
  const Setting delay(knobs + "scan_delay_ms", "10");
  const Setting shortest(knobs + "scan_period_min_ms", "100");
  const Setting longest(knobs + "scan_period_max_ms", "200");
  auto mover = MoverProcess::start({"--mib", "16", "--owner", "cold", "--from", "2", "--to", "2"});
  ASSERT_TRUE(mover) << mover.error().message;
  const auto change = observe([&] {
    const Setting tiering("/proc/sys/kernel/numa_balancing", "2");
    EXPECT_TRUE(tiering.taken());
    const auto before = vmstat("pgpromote_success");
    EXPECT_TRUE(eventually(60s, [&] {
      (void)mover->order("touch 500");
      return vmstat("pgpromote_success") - before > 256;
    }));
  });
  EXPECT_GT(change.bytes_for("numa_misplaced"), kMib);
  EXPECT_GT(change.cgroup("/cold", "owner", "bytes"), kMib);
  EXPECT_EQ(change.cgroup("/cold", "owner", "bytes"), change.cgroup("/cold", "initiator", "bytes"));
  EXPECT_EQ(change.cgroup("/cold", "owner", "bytes"), change.cgroup("/cold", "charged", "bytes"));
}

}  // namespace
}  // namespace pagefare::guest
