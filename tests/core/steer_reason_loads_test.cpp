// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "controller/core/steer/reason_loads.h"
#include "tests/support/windows.h"

namespace pagefare::steer {
namespace {

using test::cgroup;
using test::moved;
using test::task;
using test::transferred;
using test::worked;

const std::vector<MigrateReason> in_order{MigrateReason::kDemotion, MigrateReason::kCompaction};

/// 100 folios demoted for 1000 ns by the caller and 3000 ns by workers, 50 compacted for 800 ns.
Window window() {
  Window window;
  window.duration = std::chrono::seconds(1);
  window.folios = {moved(task(1), cgroup(1), 100, 1000), moved(task(1), cgroup(1), 50, 800)};
  window.folios[0].reason = MigrateReason::kDemotion;
  window.folios[1].reason = MigrateReason::kCompaction;
  window.workers = {worked(task(1), cgroup(1), 3000)};
  window.workers[0].reason = MigrateReason::kDemotion;
  window.dma = {transferred(task(1), cgroup(1), 4096, 500)};
  window.dma[0].reason = MigrateReason::kDemotion;
  return window;
}

ReasonDemand demand(Setting active, std::uint32_t admitted, double cpus = 2.0) {
  CpuState cpu;
  cpu.available = cpus;
  return reason_demand(window(),
                       {.active = active, .admitted = admitted, .cpu = cpu, .order = in_order});
}

std::int64_t needs(const ReasonDemand& demand, MigrateReason reason) {
  for (const ReasonLoad& load : demand.loads) {
    if (load.reason == reason) return load.engine_time.count();
  }
  return -1;
}

TEST(ReasonLoads, OfThreadsAreWhatCallersAndWorkersCopied) {
  const auto asked = demand({Engine::kThreads, 4}, ~0U);
  EXPECT_EQ(needs(asked, MigrateReason::kDemotion), 4000);
  EXPECT_EQ(needs(asked, MigrateReason::kCompaction), 800);
  EXPECT_EQ(needs(asked, MigrateReason::kNumaMisplaced), 0);
  EXPECT_EQ(asked.policy.capacity, std::chrono::seconds(2));
}

TEST(ReasonLoads, OfDmaAreChannelTimeOfWhichThereIsOneSecondPerSecond) {
  const auto asked = demand({Engine::kDma, 4}, ~0U);
  EXPECT_EQ(needs(asked, MigrateReason::kDemotion), 500);
  EXPECT_EQ(asked.policy.capacity, std::chrono::seconds(1));
}

TEST(ReasonLoads, OfWhomTheEngineDoesNotServeArePerByteWhatTheOthersNeed) {
  const auto asked = demand({Engine::kThreads, 4}, bit(MigrateReason::kDemotion));
  EXPECT_EQ(needs(asked, MigrateReason::kDemotion), 4000);
  EXPECT_EQ(needs(asked, MigrateReason::kCompaction), 2000) << "half of the bytes";
}

TEST(ReasonLoads, WhereTheEngineServesNobodyAreTheCallersOwnTime) {
  const auto asked = demand({Engine::kDma, 4}, 0);
  EXPECT_EQ(needs(asked, MigrateReason::kDemotion), 1000);
  EXPECT_EQ(needs(asked, MigrateReason::kCompaction), 800);
}

TEST(ReasonLoads, CountTheCopyingAloneWhereItIsKnown) {
  Window precise = window();
  precise.folios[0].content = Nanoseconds(600);
  const auto asked = reason_demand(
      precise, {.active = {Engine::kThreads, 4}, .admitted = ~0U, .cpu = {}, .order = in_order});
  EXPECT_EQ(needs(asked, MigrateReason::kDemotion), 3600);
}

TEST(ReasonLoads, AreRankedAsThePolicyOrdersThem) {
  for (const ReasonLoad& load : demand({Engine::kThreads, 4}, ~0U).loads) {
    const std::uint32_t rank = load.reason == MigrateReason::kDemotion     ? 0
                               : load.reason == MigrateReason::kCompaction ? 1
                                                                           : 2;
    EXPECT_EQ(load.rank, rank);
  }
}

}  // namespace
}  // namespace pagefare::steer
