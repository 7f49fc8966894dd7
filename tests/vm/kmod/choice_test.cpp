// SPDX-License-Identifier: Apache-2.0
//
// Which copies the module takes, and where its helpers are sent.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mempolicy.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/vm/guest/mover_process.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/trace.h"

namespace pagefare::kmod_test {
namespace {

using guest::MoverProcess;

/// The guest's CPUs 0 and 1 are node 0, 2 and 3 are node 1, a cache each.
class Choice : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(module_.error(), 0);
    ASSERT_EQ(set_knob("engine", "threads"), 0);
    ASSERT_EQ(set_knob("offloading", "1"), 0);
    use_folio_size(kHuge);
  }
  void TearDown() override { run_on({0, 1, 2, 3}); }

  static void run_on(std::initializer_list<std::size_t> cpus) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const std::size_t cpu : cpus) {
      CPU_SET(cpu, &set);
    }
    ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
  }

  /// One huge folio moved by a task on CPU 0: where its helpers were sent.
  std::vector<int> helpers(const char* placement, int threads, int to) {
    EXPECT_EQ(set_knob("placement", placement), 0);
    EXPECT_EQ(set_knob("threads", std::to_string(threads)), 0);
    Buffer buffer{kHuge, kHuge, 1 - to};
    buffer.fill(1);
    run_on({0});
    trace_.take();
    EXPECT_EQ(buffer.move_to(to), 0);
    run_on({0, 1, 2, 3});
    return trace_.take();
  }

  /// Folios of four that were copied by threads when moved so.
  static std::int64_t taken(const char* how) {
    auto mover = MoverProcess::start({"--mib", "8", "--kind", "huge", "--how", how});
    EXPECT_TRUE(mover) << mover.error().message;
    reset_counters();
    const auto moved = mover->order("go");
    const auto report = mover->order("report");
    EXPECT_TRUE(moved && report);
    EXPECT_EQ((*moved)["thp_migration_success"], 4);
    EXPECT_EQ((*report)["wrong_bytes"], 0);
    return get_counter("folios_migrated");
  }

 private:
  LoadedModule module_{"pagefare_copy"};
  QueuedWork trace_;
};

TEST_F(Choice, FillTakesTheCallersCacheFirst) {
  EXPECT_EQ(helpers("fill", 2, 1), (std::vector<int>{1}));
  EXPECT_EQ(helpers("fill", 4, 1), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(helpers("fill", 6, 1), (std::vector<int>{1, 2, 3, 0, 1}));
}

TEST_F(Choice, SpreadTakesOneOfEachCacheFirst) {
  EXPECT_EQ(helpers("spread", 2, 1), (std::vector<int>{2}));
  EXPECT_EQ(helpers("spread", 4, 1), (std::vector<int>{2, 1, 3}));
}

TEST_F(Choice, NodeTakesTheDestinationsCpus) {
  EXPECT_EQ(helpers("node", 4, 1), (std::vector<int>{2, 3, 2}));
  EXPECT_EQ(helpers("node", 4, 0), (std::vector<int>{0, 1, 0}));
}

TEST_F(Choice, TheReasonMaskLeavesOutWhatItDoesNotName) {
  const struct {
    const char* mask;
    std::int64_t by_mbind;
    std::int64_t by_move_pages;
  } cases[] = {
      {"all", 4, 4},  {"mempolicy_mbind", 4, 0},     {"syscall_or_cpuset", 0, 4},
      {"none", 0, 0}, {"demotion,compaction", 0, 0}, {"mempolicy_mbind,syscall_or_cpuset", 4, 4}};
  for (const auto& expected : cases) {
    ASSERT_EQ(set_knob("reason_mask", expected.mask), 0);
    EXPECT_EQ(taken("mbind"), expected.by_mbind) << expected.mask;
    EXPECT_EQ(taken("move_pages"), expected.by_move_pages) << expected.mask;
    EXPECT_EQ(taken("migrate_pages"), expected.by_move_pages) << expected.mask;
  }
}

TEST_F(Choice, TheReasonIsKnownForEveryCallOfATask) {
  ASSERT_EQ(set_knob("reason_mask", "mempolicy_mbind"), 0);
  Buffer buffer{kHuge, kHuge, 0};
  buffer.fill(1);
  reset_counters();
  for (int call = 1; call <= 20; ++call) {
    ASSERT_EQ(buffer.move_to(call % 2), 0);
    EXPECT_EQ(get_counter("folios_migrated"), call);
  }
}

TEST_F(Choice, NothingIsTakenWhileOffloadingIsOff) {
  ASSERT_EQ(set_knob("offloading", "0"), 0);
  EXPECT_EQ(taken("mbind"), 0);
  ASSERT_EQ(set_knob("offloading", "1"), 0);
  EXPECT_EQ(taken("mbind"), 4);
}

// Pages of a block device are copied under a spinlock (__buffer_migrate_folio).
TEST_F(Choice, CopiesUnderASpinlockAreDoneByTheCaller) {
  const int disk = open("/dev/ram0", O_RDWR | O_CLOEXEC);
  if (disk < 0) {
    GTEST_SKIP() << "no RAM disk (module brd)";
  }
  ASSERT_EQ(set_knob("min_bytes", "0"), 0);
  reset_counters();
  constexpr std::size_t kBytes = 64 * kPage;
  auto* memory = static_cast<unsigned char*>(
      mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, disk, 0));
  ASSERT_NE(memory, MAP_FAILED);
  for (std::size_t i = 0; i < kBytes; ++i) {
    memory[i] = static_cast<unsigned char>(i * 7 + i / kPage);
  }
  ASSERT_EQ(fsync(disk), 0);  // dirty pages are not moved at the first attempt
  int wrong = 0;
  for (const unsigned long node : {1UL, 0UL}) {
    const unsigned long mask = 1UL << node;
    ASSERT_EQ(syscall(SYS_mbind, memory, kBytes, MPOL_BIND, &mask, 64, MPOL_MF_MOVE), 0);
    for (std::size_t i = 0; i < kBytes; ++i) {
      wrong += memory[i] != static_cast<unsigned char>(i * 7 + i / kPage) ? 1 : 0;
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(get_counter("folios_in_atomic"), 0);
  munmap(memory, kBytes);
  close(disk);
}

}  // namespace
}  // namespace pagefare::kmod_test
