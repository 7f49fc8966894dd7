// SPDX-License-Identifier: Apache-2.0
//
// Whose the copies of the module are: the real daemon beside it, two cgroups with three times as
// many bytes as the other, several numbers of workers and the DMA engine. The guest's clock counts
// instructions here (run_suite.sh): by the host's, a copy of the same bytes takes one to four times
// as long, as its source and destination collide in the emulator's cache of translations or not.
#include <cstdlib>
#include <iostream>

#include "tests/vm/kmod/daemon_fixture.h"
#include "tests/vm/kmod/kworkers.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::Change;
using guest::MoverProcess;
using guest::Status;

constexpr int kFoliosOfA = 6;
constexpr int kFoliosOfB = 2;
constexpr std::int64_t kCopiesOfA = std::int64_t{2} * kFoliosOfA;
constexpr std::int64_t kCopiesOfB = std::int64_t{2} * kFoliosOfB;
constexpr std::int64_t kHugeBytes = kHuge;
constexpr double kWantedRatio = 3.0;
constexpr double kTolerance = 0.1;
constexpr int kRounds = 2;
constexpr int kRoundsForTheSplit = 6;

void expect_bytes(const Change& change, const std::string& cgroup, std::int64_t copies) {
  for (const char* view : {"initiator", "owner", "charged"}) {
    EXPECT_EQ(change.cgroup(cgroup, view, "bytes"), copies * kHugeBytes) << cgroup << " " << view;
    EXPECT_EQ(change.cgroup(cgroup, view, "folios"), copies) << cgroup << " " << view;
  }
}

/// Charged and unattributed are the measured whole, to the nanosecond and byte, since the start.
void expect_whole(const Status& status) {
  EXPECT_EQ(status.cgroups("outside_quota_ns") + status.unattributed("worker_cpu_ns"),
            status.total("worker_cpu_ns"));
  EXPECT_EQ(status.cgroups("dma_bytes") + status.unattributed("dma_bytes"),
            status.total("dma_bytes"));
  EXPECT_EQ(status.cgroups("dma_ns") + status.unattributed("dma_ns"), status.total("dma_ns"));
}

/// What kworkers ran meanwhile, by the scheduler; whatever else they did is in it too.
std::int64_t kworker_time_of(const std::function<void()>& action) {
  const auto before = unbound_kworkers();
  action();
  return time_between(before, unbound_kworkers());
}

class TwoCgroups : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    ASSERT_EQ(load_module("pagefare_softdma", "channels=4"), 0);
  }

  /// In turns, so that whatever disturbs the guest disturbs both.
  void move_in_turns(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      go(mover_a_, kCopiesOfA);
      go(mover_b_, kCopiesOfB);
    }
  }

  /// The emulator's CPUs take turns, and each takes the others' for time of its own: on one CPU it
  /// is the guest that shares out the time.
  void share_one_cpu() const {
    ASSERT_TRUE(a_.write("cpuset.cpus", "3"));
    ASSERT_TRUE(b_.write("cpuset.cpus", "3"));
    ASSERT_EQ(write_file("/sys/devices/virtual/workqueue/pagefare_copy/cpumask", "8"), 0);
  }

 private:
  Cgroup a_ = make("a");
  Cgroup b_ = make("b");
  MoverProcess mover_a_ = mover("a", kFoliosOfA);
  MoverProcess mover_b_ = mover("b", kFoliosOfB);
};

class AttributionOfWorkers : public TwoCgroups, public testing::WithParamInterface<int> {
 protected:
  /// `threads` counts the caller.
  static int workers() { return GetParam() - 1; }

  void SetUp() override {
    TwoCgroups::SetUp();
    load("engine=threads threads=" + std::to_string(GetParam()));
  }
};

// 1, 2, 4 and 8 workers, and the 4 and 8 threads that are 3 and 7.
INSTANTIATE_TEST_SUITE_P(Threads, AttributionOfWorkers, testing::Values(1, 2, 3, 4, 5, 8, 9));

TEST_P(AttributionOfWorkers, IsWholeAndExact) {
  std::int64_t told = 0;
  const Change change = observe([&] { told = kworker_time_of([&] { move_in_turns(kRounds); }); });
  const auto measured = change.total("worker_cpu_ns");

  expect_bytes(change, "/a", kRounds * kCopiesOfA);
  expect_bytes(change, "/b", kRounds * kCopiesOfB);
  expect_whole(change.after());
  EXPECT_EQ(change.total("worker_items"), kRounds * (kCopiesOfA + kCopiesOfB) * workers());
  EXPECT_EQ(change.total("dma_batches"), 0);
  EXPECT_EQ(change.unattributed("worker_cpu_ns"), 0);
  for (const char* view : {"worker_cpu_initiated_ns", "worker_cpu_owned_ns"}) {
    EXPECT_EQ(change.cgroup("/a", view), change.cgroup("/a", "outside_quota_ns")) << view;
    EXPECT_EQ(change.cgroup("/b", view), change.cgroup("/b", "outside_quota_ns")) << view;
  }
  // The scheduler's has what a kworker does between two items too, and what else it did.
  EXPECT_LE(measured, told + told / 20);
  EXPECT_EQ(measured > 0, workers() > 0);
}

class SplitOfWorkers : public AttributionOfWorkers {};

INSTANTIATE_TEST_SUITE_P(AttributionTo, SplitOfWorkers, testing::Values(2, 3, 4, 5, 8, 9));

TEST_P(SplitOfWorkers, IsThatOfTheBytes) {
  share_one_cpu();
  std::int64_t told = 0;
  const Change change =
      observe([&] { told = kworker_time_of([&] { move_in_turns(kRoundsForTheSplit); }); });
  const auto measured = change.total("worker_cpu_ns");
  const double ratio = static_cast<double>(change.cgroup("/a", "outside_quota_ns")) /
                       static_cast<double>(change.cgroup("/b", "outside_quota_ns"));
  std::cout << workers() << " workers: ratio " << ratio << ", their time " << measured / 1000
            << " us, the scheduler's figure " << told / 1000 << " us\n";
  EXPECT_NEAR(ratio, kWantedRatio, kTolerance * kWantedRatio);
  EXPECT_LE(measured, told + told / 20);
  EXPECT_GE(measured, told - told / 4);
}

class AttributionOfDma : public TwoCgroups, public testing::WithParamInterface<int> {};
using AttributionOfChannels = TwoCgroups;

INSTANTIATE_TEST_SUITE_P(Channels, AttributionOfDma, testing::Values(1, 4));

TEST_P(AttributionOfDma, IsOfEachCgroupByItsBytesAndNoCpuTime) {
  load("engine=dma nr_dma_chan=" + std::to_string(GetParam()));
  const Change change = observe([&] { move_in_turns(kRounds); });

  expect_bytes(change, "/a", kRounds * kCopiesOfA);
  expect_bytes(change, "/b", kRounds * kCopiesOfB);
  expect_whole(change.after());
  EXPECT_EQ(change.cgroup("/a", "dma_bytes"), kRounds * kCopiesOfA * kHugeBytes);
  EXPECT_EQ(change.cgroup("/b", "dma_bytes"), kRounds * kCopiesOfB * kHugeBytes);
  EXPECT_EQ(change.total("dma_batches"), kRounds * (kCopiesOfA + kCopiesOfB));
  EXPECT_EQ(change.total("dma_failures"), 0);
  EXPECT_EQ(get_counter("bytes_by_dma"), change.total("dma_bytes"));
  EXPECT_GT(change.cgroup("/a", "dma_ns"), 0);
  EXPECT_GT(change.cgroup("/b", "dma_ns"), 0);
  EXPECT_EQ(change.total("worker_items"), 0);
  EXPECT_EQ(change.total("worker_cpu_ns"), 0);
}

/// A channel that sleeps before each of a folio's eight descriptors.
TEST_F(AttributionOfChannels, KeepsTheirTimeApartFromTheCpus) {
  constexpr std::int64_t kDelayUs = 20000;
  constexpr std::int64_t kDescriptors = kHugeBytes / (256 << 10);
  load("engine=dma nr_dma_chan=1");
  ASSERT_EQ(set_knob("delay_us", std::to_string(kDelayUs), "pagefare_softdma"), 0);
  MoverProcess alone = mover("b", 1);
  const Change change = observe([&] { go(alone, 2); });
  const auto channel = change.cgroup("/b", "dma_ns");
  EXPECT_GE(channel, 2 * kDescriptors * kDelayUs * 1000);
  EXPECT_EQ(channel, change.total("dma_ns"));
  EXPECT_LT(change.cgroup("/b", "charged", "copy_cpu_ns"), channel / 2);
  EXPECT_EQ(change.cgroup("/b", "outside_quota_ns"), 0);
}

class AttributionOfTheAsker : public WithDaemon {
 protected:
  static constexpr int kFolios = 8;

  Change move() {
    MoverProcess moved = mover("owner", kFolios, "asker");
    return observe([&] { go(moved, std::int64_t{2} * kFolios); });
  }

 private:
  Cgroup owner_ = make("owner");
  Cgroup asker_ = make("asker");
};

TEST_F(AttributionOfTheAsker, ChargesTheWorkersToItAndTellsTheOwner) {
  load("engine=threads threads=4");
  const Change change = move();
  const auto whole = change.total("worker_cpu_ns");
  EXPECT_GT(whole, 0);
  EXPECT_EQ(change.cgroup("/asker", "outside_quota_ns"), whole);
  EXPECT_EQ(change.cgroup("/asker", "worker_cpu_initiated_ns"), whole);
  EXPECT_EQ(change.cgroup("/owner", "worker_cpu_owned_ns"), whole);
  EXPECT_EQ(change.cgroup("/owner", "outside_quota_ns"), 0);
}

TEST_F(AttributionOfTheAsker, ChargesTheEngineToIt) {
  ASSERT_EQ(load_module("pagefare_softdma", "channels=2"), 0);
  load("engine=dma nr_dma_chan=2");
  const Change change = move();
  EXPECT_EQ(change.cgroup("/asker", "dma_bytes"), 2 * kFolios * kHugeBytes);
  EXPECT_EQ(change.cgroup("/asker", "dma_ns"), change.total("dma_ns"));
  EXPECT_EQ(change.cgroup("/owner", "dma_bytes"), 0);
}

}  // namespace
}  // namespace pagefare::kmod_test
