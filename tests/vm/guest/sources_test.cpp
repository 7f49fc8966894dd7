// SPDX-License-Identifier: Apache-2.0
// What tasks make the kernel move, one by one: the reason, who asked, whose memory it was and who
// pays must be right, and the total the kernel's own.
#include <gtest/gtest.h>

#include <cctype>
#include <chrono>
#include <filesystem>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/source_fixture.h"

namespace pagefare::guest {
namespace {

using namespace std::chrono_literals;

TEST_F(Source, CompactionOnDemandIsPaidByTheTaskThatWroteTheFile) {
  auto owner = Cgroup::create("owner");
  auto asker = Cgroup::create("asker");
  ASSERT_TRUE(owner && asker);
  auto mover = MoverProcess::start({"--mib", "192", "--owner", "owner"});
  ASSERT_TRUE(mover && mover->order("punch 3") && mover->order("report"));
  const auto change = observe([] {
    const auto done =
        in_cgroup("asker", [] { return write_file("/proc/sys/vm/compact_memory", "1"); });
    EXPECT_TRUE(done) << done.error().message;
  });
  const auto report = mover->order("report");
  ASSERT_TRUE(report) << report.error().message;
  const auto of_the_owner = (*report)["new_frames"].get<std::int64_t>() * kBasePage;
  const auto moved = change.total("bytes");
  EXPECT_GT(moved, 8 * kMib);
  EXPECT_EQ(change.bytes_for("compaction"), moved);
  EXPECT_EQ(change.cgroup("/asker", "initiator", "bytes"), moved);
  EXPECT_EQ(change.cgroup("/asker", "charged", "bytes"), moved);
  EXPECT_GT(of_the_owner, 4 * kMib);
  // Its stack and heap move too, and a page now and then twice.
  EXPECT_GE(change.cgroup("/owner", "owner", "bytes"), of_the_owner);
  EXPECT_LT(change.cgroup("/owner", "owner", "bytes"), of_the_owner + (of_the_owner / 100) + kMib);
  EXPECT_EQ(change.cgroup("/owner", "charged", "bytes"), 0);
}

TEST_F(Source, NumaBalancingIsPaidByTheTaskThatTouches) {
  auto owner = Cgroup::create("owner");
  ASSERT_TRUE(owner) << owner.error().message;
  const std::string knobs = "/sys/kernel/debug/sched/numa_balancing/";
  const Setting delay(knobs + "scan_delay_ms", "10");
  const Setting shortest(knobs + "scan_period_min_ms", "100");
  const Setting longest(knobs + "scan_period_max_ms", "200");
  auto mover = MoverProcess::start({"--mib", "16", "--owner", "owner", "--from", "1", "--to", "1"});
  ASSERT_TRUE(mover) << mover.error().message;
  ASSERT_TRUE(owner->write("cpuset.cpus", "0"));
  const auto change = observe([&] {
    const Setting balancing("/proc/sys/kernel/numa_balancing", "1");
    EXPECT_TRUE(balancing.taken());
    const auto before = vmstat("numa_pages_migrated");
    EXPECT_TRUE(eventually(30s, [&] {
      (void)mover->order("touch 500");
      return (vmstat("numa_pages_migrated") - before) * kBasePage > 8 * kMib;
    }));
  });
  const auto moved = change.bytes_for("numa_misplaced");
  EXPECT_GT(moved, 8 * kMib);
  EXPECT_GE(change.cgroup("/owner", "owner", "bytes"), 8 * kMib);
  EXPECT_EQ(change.cgroup("/owner", "initiator", "bytes"),
            change.cgroup("/owner", "charged", "bytes"));
  EXPECT_GE(change.cgroup("/owner", "initiator", "bytes"), 8 * kMib);
}

TEST_F(Source, MemoryOfflineIsPaidByTheTaskThatAsked) {
  auto owner = Cgroup::create("owner");
  auto asker = Cgroup::create("asker");
  ASSERT_TRUE(owner && asker);
  auto mover =
      MoverProcess::start({"--mib", "256", "--owner", "owner", "--from", "1", "--to", "1"});
  ASSERT_TRUE(mover) << mover.error().message;
  std::string offline;
  const auto change = observe([&] {
    for (const auto& entry :
         std::filesystem::directory_iterator("/sys/devices/system/node/node1")) {
      const auto name = entry.path().filename().string();
      const auto before = vmstat("pgmigrate_success");
      if (!name.starts_with("memory") || !std::isdigit(name.back()) || !offline.empty()) {
        continue;
      }
      const auto state = "/sys/devices/system/memory/" + name + "/state";
      const auto gone = in_cgroup("asker", [&] { return write_file(state, "offline"); });
      if (gone && vmstat("pgmigrate_success") - before > 1000) {
        offline = state;
      } else if (gone) {
        EXPECT_TRUE(write_file(state, "online"));
      }
    }
  });
  ASSERT_FALSE(offline.empty()) << "no block of node 1 could be taken offline with pages in it";
  EXPECT_TRUE(write_file(offline, "online"));
  const auto moved = change.bytes_for("memory_hotplug");
  EXPECT_GT(moved, 4 * kMib);
  EXPECT_EQ(change.cgroup("/asker", "initiator", "bytes"), moved);
  EXPECT_EQ(change.cgroup("/asker", "charged", "bytes"), moved);
  EXPECT_GT(change.cgroup("/owner", "owner", "bytes"), 0);
  const auto report = mover->order("report");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ((*report)["wrong_bytes"], 0);
}

TEST_F(Source, HugetlbBelongsToNobodyAndIsPaidByTheTaskThatAsked) {
  auto asker = Cgroup::create("asker");
  ASSERT_TRUE(asker) << asker.error().message;
  const std::string pool = "/hugepages/hugepages-2048kB/nr_hugepages";
  const Setting here("/sys/devices/system/node/node0" + pool, "8");
  const Setting there("/sys/devices/system/node/node1" + pool, "8");
  ASSERT_TRUE(here.taken() && there.taken());
  auto mover = MoverProcess::start({"--mib", "16", "--kind", "hugetlb", "--owner", "asker"});
  ASSERT_TRUE(mover) << mover.error().message;
  const auto change = observe([&] { (void)mover->order("go"); });
  EXPECT_GE(change.total("bytes"), 16 * kMib);  // the kernel may move a page of its own
  EXPECT_EQ(change.cgroup("/asker", "initiator", "bytes"), 16 * kMib);
  EXPECT_EQ(change.cgroup("/asker", "charged", "bytes"), 16 * kMib);
  EXPECT_EQ(change.cgroup("/asker", "owner", "bytes"), 0);
}

}  // namespace
}  // namespace pagefare::guest
