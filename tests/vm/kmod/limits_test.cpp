// SPDX-License-Identifier: Apache-2.0
//
// A cgroup with a limit gets that many copiers and no more, as initiator and as owner.
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/kworkers.h"
#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/trace.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::MoverProcess;

constexpr std::int64_t kFolios = 8;
constexpr std::size_t kHelpersOfEight = 7;

class Limits : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(module_.error(), 0);
    ASSERT_EQ(set_knob("engine", "threads"), 0);
    ASSERT_EQ(set_knob("threads", "8"), 0);
    ASSERT_EQ(set_knob("offloading", "1"), 0);
    use_folio_size(kHuge);
  }

  static void limit(const Cgroup& cgroup, const std::string& copiers) {
    ASSERT_EQ(set_knob("limits", std::to_string(cgroup.id()) + " " + copiers), 0);
  }

  static Cgroup make(const std::string& path) {
    auto cgroup = Cgroup::create(path);
    EXPECT_TRUE(cgroup) << cgroup.error().message;
    return std::move(cgroup).value();
  }

  /// Eight huge folios of a process in `owner`, moved by one in `initiator` (or by the owner).
  struct Move {
    std::size_t helpers_per_folio = 0;
    std::int64_t caller_ns = 0;
  };
  Move move(const std::string& owner, const std::string& initiator = {}) {
    std::vector<std::string> arguments{"--mib", "16", "--kind", "huge", "--owner", owner};
    if (!initiator.empty()) {
      arguments.insert(arguments.end(), {"--initiator", initiator});
    }
    auto mover = MoverProcess::start(arguments);
    EXPECT_TRUE(mover) << mover.error().message;
    reset_counters();
    trace_.take();
    const auto moved = mover->order("go");
    const std::size_t items = trace_.take().size();
    const auto report = mover->order("report");
    EXPECT_TRUE(moved && report);
    EXPECT_EQ((*report)["wrong_bytes"], 0);
    EXPECT_EQ((*moved)["thp_migration_success"], kFolios);
    EXPECT_EQ(items % kFolios, 0U);
    return {items / kFolios, (*moved)["cpu_ns"]};
  }

  static constexpr std::int64_t kRounds = 4;
  static constexpr std::size_t kFoliosOfBoth = kRounds * kFolios;

  struct Cost {
    std::size_t items = 0;
    std::uint64_t usage_us = 0;
    std::uint64_t workers_us = 0;  ///< of kworkers, by the scheduler
  };
  /// Eight huge folios of the cgroup, moved there and back by itself; the guest's clock has to
  /// count instructions for the time to be comparable.
  Cost cost_of(const Cgroup& cgroup) {
    auto mover = MoverProcess::start({"--mib", "16", "--kind", "huge", "--rounds",
                                      std::to_string(kRounds), "--owner", cgroup.name().substr(1)});
    EXPECT_TRUE(mover) << mover.error().message;
    EXPECT_TRUE(cgroup.write("cpuset.cpus", "3"));
    trace_.take();
    const auto idle = unbound_kworkers();
    const auto before = cgroup.read_key("cpu.stat", "usage_usec").value_or(0);
    const auto moved = mover->order("go");
    const auto after = cgroup.read_key("cpu.stat", "usage_usec").value_or(0);
    const auto worked = time_between(idle, unbound_kworkers());
    EXPECT_TRUE(moved);
    EXPECT_EQ((*moved)["thp_migration_success"], kFoliosOfBoth);
    return {trace_.take().size(), after - before, static_cast<std::uint64_t>(worked / 1000)};
  }

 private:
  LoadedModule module_{"pagefare_copy"};
  QueuedWork trace_;
};

TEST_F(Limits, WithoutOneAllCopiersWork) {
  const Cgroup a = make("a");
  EXPECT_EQ(move("a").helpers_per_folio, kHelpersOfEight);
  EXPECT_EQ(get_counter("folios_migrated"), kFolios);
  EXPECT_EQ(get_counter("folios_alone"), 0);
}

TEST_F(Limits, OfOneCopiesAloneWhileOthersStayParallel) {
  const Cgroup a = make("a");
  const Cgroup b = make("b");
  limit(a, "1");
  EXPECT_EQ(move("a").helpers_per_folio, 0U);
  EXPECT_EQ(get_counter("folios_alone"), kFolios);
  EXPECT_EQ(get_counter("folios_migrated"), 0);
  EXPECT_EQ(move("b").helpers_per_folio, kHelpersOfEight);
  EXPECT_EQ(get_counter("folios_migrated"), kFolios);
}

TEST_F(Limits, OfOneBringsTheCopyBackToTheCgroupsTime) {
  const Cgroup a = make("a");
  limit(a, "1");
  const auto before = a.read_key("cpu.stat", "system_usec").value_or(0);
  const Move alone = move("a");
  const auto grown = a.read_key("cpu.stat", "system_usec").value_or(0) - before;
  EXPECT_EQ(alone.helpers_per_folio, 0U);
  EXPECT_GT(alone.caller_ns, 0);
  EXPECT_GE(static_cast<std::int64_t>(grown) * 1000, alone.caller_ns * 9 / 10);
}

// Both move the same, one after the other, all on one CPU so that no other's turn counts. The
// kernel copies all for a, and an eighth for b: a pays what the workers do for b.
TEST_F(Limits, OfOneIsPaidByTheCgroupWhileOthersHaveHelpers) {
  const Cgroup a = make("a");
  const Cgroup b = make("b");
  ASSERT_EQ(write_file("/sys/devices/virtual/workqueue/pagefare_copy/cpumask", "8"), 0);
  limit(a, "1");
  const Cost over = cost_of(a);
  const Cost within = cost_of(b);
  EXPECT_EQ(over.items, 0U);
  EXPECT_LT(over.workers_us, over.usage_us / 20);
  EXPECT_EQ(within.items, kHelpersOfEight * kFoliosOfBoth);
  std::cout << "by its own time: with a limit of one " << over.usage_us << " us, with helpers "
            << within.usage_us << " us and " << within.workers_us << " us of theirs\n";
  const auto saved = static_cast<double>(over.usage_us) - static_cast<double>(within.usage_us);
  const auto helped = static_cast<double>(within.workers_us);
  EXPECT_GT(saved, helped * 0.75);
  EXPECT_LT(saved, helped * 1.25);
}

TEST_F(Limits, LetSoManyCopiersWork) {
  const Cgroup a = make("a");
  limit(a, "3");
  EXPECT_EQ(move("a").helpers_per_folio, 2U);
}

TEST_F(Limits, AboveTheThreadsKnobChangeNothing) {
  const Cgroup a = make("a");
  limit(a, "64");
  EXPECT_EQ(move("a").helpers_per_folio, kHelpersOfEight);
}

TEST_F(Limits, OfTheOwnerCountsWhoeverAsks) {
  const Cgroup owner = make("owner");
  const Cgroup initiator = make("initiator");
  limit(owner, "1");
  EXPECT_EQ(move("owner", "initiator").helpers_per_folio, 0U);
}

TEST_F(Limits, OfTheInitiatorCountsWhoeverOwns) {
  const Cgroup owner = make("owner");
  const Cgroup initiator = make("initiator");
  limit(initiator, "1");
  EXPECT_EQ(move("owner", "initiator").helpers_per_folio, 0U);
}

TEST_F(Limits, TheLowerOfTwoWins) {
  const Cgroup owner = make("owner");
  const Cgroup initiator = make("initiator");
  limit(owner, "4");
  limit(initiator, "2");
  EXPECT_EQ(move("owner", "initiator").helpers_per_folio, 1U);
  limit(initiator, "6");
  EXPECT_EQ(move("owner", "initiator").helpers_per_folio, 3U);
}

TEST_F(Limits, HoldForTheCgroupsBelow) {
  const Cgroup parent = make("parent");
  const Cgroup child = make("parent/child");
  limit(parent, "2");
  EXPECT_EQ(move("parent/child").helpers_per_folio, 1U);
  limit(child, "5");
  EXPECT_EQ(move("parent/child").helpers_per_folio, 1U);
}

TEST_F(Limits, ActOnTheNextCopyAndEndWhenRemoved) {
  const Cgroup a = make("a");
  limit(a, "1");
  EXPECT_EQ(move("a").helpers_per_folio, 0U);
  limit(a, "-");
  EXPECT_EQ(move("a").helpers_per_folio, kHelpersOfEight);
}

class LimitsOfDma : public Limits {
 protected:
  void SetUp() override {
    ASSERT_EQ(softdma_.error(), 0);
    Limits::SetUp();
    ASSERT_EQ(set_knob("engine", "dma"), 0);
  }
  void TearDown() override { set_knob("offloading", "0"); }

 private:
  LoadedModule softdma_{"pagefare_softdma"};
};

TEST_F(LimitsOfDma, OfOneKeepsACgroupOffTheEngine) {
  const Cgroup a = make("a");
  const Cgroup b = make("b");
  limit(a, "1");
  move("a");
  EXPECT_EQ(get_counter("bytes_by_dma"), 0);
  EXPECT_EQ(get_counter("folios_alone"), kFolios);
  move("b");
  EXPECT_EQ(get_counter("bytes_by_dma"), kFolios * static_cast<std::int64_t>(kHuge));
}

}  // namespace
}  // namespace pagefare::kmod_test
