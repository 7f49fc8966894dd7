// SPDX-License-Identifier: Apache-2.0
//
// The module comes, goes and comes back under a daemon that runs.
#include <ctime>
#include <iostream>

#include "tests/vm/kmod/daemon_fixture.h"

namespace pagefare::kmod_test {
namespace {

using guest::Change;
using guest::MoverProcess;

constexpr int kFolios = 4;
constexpr std::int64_t kCopies = std::int64_t{2} * kFolios;
constexpr int kLoads = 2;

/// Time on CPU of a process so far, in nanoseconds.
std::int64_t cpu_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    return 0;
  }
  return (std::int64_t{time.tv_sec} * 1'000'000'000) + time.tv_nsec;
}

class AttributionAcrossLoads : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    ASSERT_EQ(load_module("pagefare_softdma", "channels=2"), 0);
  }

  void expect_no_complaint() {
    for (const auto& warning : status().json()["warnings"]) {
      EXPECT_EQ(warning.get<std::string>().find("not traced"), std::string::npos) << warning;
    }
  }
};

TEST_F(AttributionAcrossLoads, CountsTheBatchesOfEach) {
  const guest::Cgroup a = make("a");
  MoverProcess process = mover("a", kFolios);
  for (int number = 0; number < kLoads; ++number) {
    // At once, so that the daemon finds it in the same place and nothing in between.
    ASSERT_EQ(number > 0 ? unload_module("pagefare_copy") : 0, 0) << number;
    ASSERT_EQ(load_module("pagefare_copy", "engine=dma nr_dma_chan=2 offloading=1"), 0) << number;
    const Change change = observe([&] { go(process, kCopies); });
    EXPECT_EQ(change.total("dma_batches"), kCopies) << number;
    EXPECT_EQ(change.cgroup("/a", "dma_bytes"), kCopies * static_cast<std::int64_t>(kHuge));
  }
  expect_no_complaint();
}

TEST_F(AttributionAcrossLoads, CountsTheWorkOfEach) {
  const guest::Cgroup a = make("a");
  MoverProcess process = mover("a", kFolios);
  for (int number = 0; number < kLoads; ++number) {
    ASSERT_EQ(number > 0 ? unload_module("pagefare_copy") : 0, 0) << number;
    ASSERT_EQ(load_module("pagefare_copy", "engine=threads threads=4 offloading=1"), 0) << number;
    const Change change = observe([&] { go(process, kCopies); });
    EXPECT_EQ(change.total("worker_items"), 3 * kCopies) << number;
  }
  expect_no_complaint();
}

// A period must not stand still while a module is looked at. Compared with reading the kernel's
// symbols, since emulated time says nothing by itself.
TEST_F(AttributionAcrossLoads, CostsLittleMoreThanReadingTheSymbols) {
  const auto start = cpu_of(getpid());
  ASSERT_FALSE(read_file("/proc/kallsyms").empty());
  const auto reading = cpu_of(getpid()) - start;

  const auto before = cpu_of(daemon().pid());
  load("engine=threads threads=2");
  ASSERT_TRUE(daemon().settled());
  const auto following = cpu_of(daemon().pid()) - before;
  std::cout << "reading the symbols " << reading / 1000 << " us, following the module "
            << following / 1000 << " us\n";
  EXPECT_LT(following, 6 * reading);
}

}  // namespace
}  // namespace pagefare::kmod_test
