// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/support/random_table.h"
#include "tests/support/simulations.h"

namespace pagefare::test {
namespace {

using steer::Engine;

const simulate::Mixture first_class{{0, 1.0}};

simulate::Table small_table() {
  return {"small",
          {{steer::kUnmodified, 4096, 64, 2.0},
           {{Engine::kThreads, 1}, 4096, 64, 2.0},
           {{Engine::kThreads, 4}, 4096, 64, 8.0},
           {{Engine::kDma, 1}, 4096, 64, 1.0},
           {{Engine::kThreads, 1}, 4096, 512, 4.0}},
          {}};
}

TEST(Machine, YieldsWhatTheTableSays) {
  const simulate::Machine machine(small_table());
  EXPECT_EQ(machine.rate(first_class, {Engine::kThreads, 4}, {}), 8.0);
  EXPECT_EQ(machine.rate(first_class, steer::kUnmodified, {}), 2.0);
}

TEST(Machine, FillsMissingCountsBetweenTheMeasuredOnes) {
  const simulate::Machine machine(small_table());
  EXPECT_NEAR(machine.rate(0, {Engine::kThreads, 2}, {}), 4.0, 1e-9);
  EXPECT_EQ(machine.rate(0, {Engine::kThreads, 16}, {}), 8.0);
}

TEST(Machine, NeverCallsAFilledCountTheBest) {
  simulate::Table table = small_table();
  table.rows.push_back({{Engine::kThreads, 2}, 8192, 64, 1.0});
  const simulate::Machine machine(table);
  EXPECT_EQ(machine.best(first_class, {}), (steer::Setting{Engine::kThreads, 4}));
  EXPECT_FALSE(machine.measured(first_class, {Engine::kThreads, 2}, {}));
}

TEST(Machine, LeavesAClassToTheKernelWhereTheEngineHasNoRow) {
  const simulate::Machine machine(small_table());
  EXPECT_EQ(machine.rate(1, {Engine::kDma, 1}, {}), 4.0);
}

TEST(Machine, AddsTheTimesOfAMix) {
  const simulate::Machine machine(small_table());
  const simulate::Mixture half{{0, 0.5}, {1, 0.5}};
  EXPECT_NEAR(machine.rate(half, {Engine::kThreads, 1}, {}), 1.0 / (0.5 / 2.0 + 0.5 / 4.0), 1e-9);
}

TEST(Machine, CountsEveryWorkerAsBusy) {
  const simulate::Machine machine(small_table());
  EXPECT_EQ(machine.cpu_s_per_gb(first_class, {Engine::kThreads, 4}, {}), 0.5);
  EXPECT_EQ(machine.cpu_s_per_gb(first_class, steer::kUnmodified, {}), 0.5);
}

TEST(Machine, ChargesDmaForItsFolios) {
  const simulate::Machine machine(small_table());
  EXPECT_NEAR(machine.cpu_s_per_gb(first_class, {Engine::kDma, 1}, {}),
              simulate::kDmaFolioSeconds * 1e9 / 4096, 1e-9);
}

TEST(Machine, SharesItsBandwidthWithANeighbour) {
  const simulate::Machine machine(small_table());
  simulate::Condition crowded;
  crowded.bandwidth = 0.5;
  EXPECT_EQ(machine.rate(0, {Engine::kThreads, 4}, crowded), 4.0);
  EXPECT_EQ(machine.rate(0, {Engine::kThreads, 1}, crowded), 2.0);
}

TEST(Machine, GainsNothingFromThreadsWithoutCores) {
  const simulate::Machine machine(small_table());
  simulate::Condition one_core;
  one_core.cores = 1;
  EXPECT_LT(machine.rate(0, {Engine::kThreads, 4}, one_core), 2.0);
  EXPECT_EQ(machine.best(first_class, one_core), steer::kUnmodified);
}

TEST(Workloads, VisitEveryClassOnce) {
  const simulate::Machine machine(published("grace-2m"));
  std::set<std::size_t> seen;
  for (const simulate::Phase& phase : simulate::default_workload(machine, 7)) {
    EXPECT_EQ(phase.periods, 200U);
    seen.insert(phase.mixture.at(0).class_index);
  }
  EXPECT_EQ(seen.size(), machine.classes().size());
}

TEST(Workloads, AreTheSameForTheSameSeed) {
  const simulate::Machine machine(published("grace-2m"));
  const auto order = [&](std::uint64_t seed) {
    std::vector<std::size_t> classes;
    for (const simulate::Phase& phase : simulate::default_workload(machine, seed)) {
      classes.push_back(phase.mixture.at(0).class_index);
    }
    return classes;
  };
  EXPECT_EQ(order(3), order(3));
  EXPECT_NE(order(3), order(4));
}

TEST(Workloads, MixTwoToFiveClassesWhoseSharesAddUp) {
  const simulate::Machine machine(published("grace-2m"));
  for (const simulate::Phase& phase : simulate::mixed_workload(machine, 5)) {
    EXPECT_GE(phase.mixture.size(), 2U);
    EXPECT_LE(phase.mixture.size(), 5U);
    double sum = 0.0;
    for (const simulate::ClassShare& one : phase.mixture) {
      sum += one.share;
    }
    EXPECT_NEAR(sum, 1.0, 1e-12);
  }
}

TEST(Report, SaysOneLessTheOraclesTimeOverOurs) {
  const simulate::Machine machine(small_table());
  const simulate::Workload workload{{"", 4, first_class, {}, {}}};
  const auto records = simulate::play({&machine, &workload, 0.0, 1}, [](const steer::View& view) {
    steer::Knobs knobs = view.knobs;
    knobs.engine = Engine::kThreads;
    return knobs;
  });
  const simulate::Report report = simulate::report(machine, workload, records);
  // One second of the kernel at 2 GB/s, three of four threads at 8: 26 GB that the oracle moves
  // at 8.
  EXPECT_NEAR(report.total.regret, 1.0 - 26.0 / 8.0 / 4.0, 1e-12);
  EXPECT_NEAR(1.0 - report.total.achieved_gbps / report.total.oracle_gbps, report.total.regret,
              1e-12);
  EXPECT_EQ(report.total.writes, 1U);
  EXPECT_EQ(report.total.best_static.setting, (steer::Setting{Engine::kThreads, 4}));
  EXPECT_NEAR(*report.total.vanilla_gbps, 2.0, 1e-12);
}

TEST(Report, CountsAReturnInTheSteadyStateAsAFlap) {
  const simulate::Machine machine(small_table());
  const simulate::Workload workload{{"", 60, first_class, {}, {}}};
  const auto at = [&](std::uint64_t there, std::uint64_t back) {
    const auto records =
        simulate::play({&machine, &workload, 0.0, 1}, [&](const steer::View& view) {
          steer::Knobs knobs = view.knobs;
          const bool away = view.period >= there && view.period < back;
          knobs.engine = away ? Engine::kThreads : Engine::kKernel;
          return knobs;
        });
    return simulate::report(machine, workload, records).total.flaps;
  };
  EXPECT_EQ(at(30, 35), 1U);
  EXPECT_EQ(at(30, 45), 0U);
  EXPECT_EQ(at(3, 6), 0U);
}

TEST(Simulation, EndsWithSensibleFiguresOnEveryKindOfMachine) {
  for (int oddity = 0; oddity < kOddities; ++oddity) {
    const simulate::Table table = random_table(static_cast<Oddity>(oddity), 99);
    for (const MakeWorkload workload :
         {simulate::default_workload, simulate::mixed_workload, simulate::drift_workload}) {
      for (const auto objective : {steer::Objective::kThroughput, steer::Objective::kThrift,
                                   steer::Objective::kBalanced}) {
        const Outcome run = simulate_once(table, {workload, objective, &table}, 1);
        // the oracle keeps to rows that were measured; the governor also finds settings between
        // them
        if (static_cast<Oddity>(oddity) != Oddity::kHoles) {
          EXPECT_GE(run.report.total.regret, -1e-9);
        }
        EXPECT_LT(run.report.total.regret, 0.9);
        EXPECT_EQ(run.report.total.periods, run.records.size());
      }
    }
  }
}

TEST(Pressure, IsFollowedInASimulatedRun) {
  const simulate::Table table = published("grace-2m");
  const simulate::Machine machine(table);
  simulate::Phase free{"", 60, {{11, 1.0}}, {}, {}};
  simulate::Phase pressed = free;
  pressed.available_cpus = 4.0;
  const simulate::Workload workload{free, pressed, free};
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto records = simulate::play_governor({&machine, &workload, 0.1, seed},
                                                 steer::Governor(machine.space(), {}));
    EXPECT_GE(records[59].setting.workers, 16U) << "seed " << seed;
    for (std::size_t i = 63; i < 120; ++i) {
      ASSERT_LE(records[i].setting.workers, 4U) << "seed " << seed << " period " << i;
    }
    EXPECT_GE(records[140].setting.workers, 16U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace pagefare::test
