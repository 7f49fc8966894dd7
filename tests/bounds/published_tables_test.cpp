// SPDX-License-Identifier: Apache-2.0
// What the governor promises on every published table: noise 10 %, medians of 20 seeds.
#include <gtest/gtest.h>

#include <cctype>
#include <map>

#include "tests/support/simulations.h"

namespace pagefare::test {
namespace {

class PublishedTable : public testing::TestWithParam<std::string> {
 protected:
  simulate::Table table_ = published(GetParam());
};

TEST_P(PublishedTable, LosesAtMostFourPercentOverTheWholeRun) {
  EXPECT_LE(median(table_, {}, regret), 0.04);
}

TEST_P(PublishedTable, LosesAtMostOneAndAHalfPercentInTheSecondHalfOfPhases) {
  EXPECT_LE(median(table_, {}, regret_second_half), 0.015);
}

TEST_P(PublishedTable, BeatsTheBestStaticSettingWhereThatLosesMoreThanThreePercent) {
  int contests = 0;
  int won = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const simulate::Figures figures = simulate_once(table_, {}, seed).report.total;
    if (figures.best_static.gbps < 0.97 * figures.oracle_gbps) {
      ++contests;
      won += figures.achieved_gbps > figures.best_static.gbps ? 1 : 0;
    }
  }
  EXPECT_EQ(won, contests);
}

TEST_P(PublishedTable, KeepsTheSameBoundsForMixesOfClasses) {
  const RunWith mixed{simulate::mixed_workload};
  EXPECT_LE(median(table_, mixed, regret), 0.04);
  EXPECT_LE(median(table_, mixed, regret_second_half), 0.015);
}

TEST_P(PublishedTable, IsBackWithinThreePercentThirtyPeriodsAfterTheMachineChanged) {
  std::map<std::string, std::vector<double>> losses;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Outcome run = simulate_once(table_, {simulate::drift_workload}, seed);
    for (const simulate::PhaseFigures& phase : run.report.phases) {
      double lost = 0.0;
      for (std::uint64_t i = 30; i < phase.figures.periods; ++i) {
        const simulate::PeriodRecord& record = run.records[phase.first_period + i];
        lost += 1.0 - record.gbps / record.oracle_gbps;
      }
      losses[phase.phase->event].push_back(lost / static_cast<double>(phase.figures.periods - 30));
    }
  }
  for (const auto& [event, all] : losses) {
    EXPECT_LE(quantile(all, 0.5), 0.03) << event;
  }
}

TEST_P(PublishedTable, NeverFlapsInTheSteadyState) {
  EXPECT_EQ(median(table_, {}, [](const auto& run) { return static_cast<double>(run.flaps); }), 0);
}

TEST_P(PublishedTable, SettlesWithinFifteenPeriodsOfAPhaseChange) {
  std::vector<double> periods;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const auto& phase : simulate_once(table_, {}, seed).report.phases) {
      periods.push_back(static_cast<double>(phase.settled_after));
    }
  }
  EXPECT_LE(quantile(periods, 0.95), 15);
}

TEST_P(PublishedTable, WritesAtMostOncePerPeriodOnceSettled) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Outcome run = simulate_once(table_, {}, seed);
    for (const simulate::PhaseFigures& phase : run.report.phases) {
      std::uint32_t writes = 0;
      for (std::uint64_t i = 20; i < phase.figures.periods; ++i) {
        writes += run.records[phase.first_period + i].writes;
      }
      EXPECT_LE(writes, (phase.figures.periods - 20) / 5) << "seed " << seed;
    }
  }
}

TEST_P(PublishedTable, StaysWithinTenPercentOfTheOracleWhenThrifty) {
  const RunWith thrift{simulate::default_workload, steer::Objective::kThrift};
  EXPECT_LE(median(table_, thrift, regret), 0.10);
}

TEST_P(PublishedTable, LosesAtMostOnePointMoreWithAnyPrior) {
  const double without = median(table_, {}, regret);
  for (const std::string& other : published_tables()) {
    const simulate::Table prior = published(other);
    RunWith setup;
    setup.prior = &prior;
    EXPECT_LE(median(table_, setup, regret), without + 0.01) << "prior " << other;
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PublishedTable, testing::ValuesIn(published_tables()), test_name);

TEST(Thrift, SpendsAtMostSixtyPercentOfTheCpuOfTheBestStaticSetting) {
  double ratios = 0.0;
  for (const std::string& name : published_tables()) {
    const RunWith thrift{simulate::default_workload, steer::Objective::kThrift};
    ratios += median(published(name), thrift, [](const simulate::Figures& run) {
      return run.cpu_s_per_gb / run.best_static.cpu_s_per_gb;
    });
  }
  EXPECT_LE(ratios / static_cast<double>(published_tables().size()), 0.60);
}

TEST(Rivals, LoseNoLessThanTheGovernorOnEveryTable) {
  for (const std::string& name : published_tables()) {
    const simulate::Table table = published(name);
    const simulate::Machine machine(table);
    std::vector<double> rival;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      const simulate::Workload workload = simulate::default_workload(machine, seed);
      const auto records = simulate::play({&machine, &workload, 0.1, seed}, simulate::ucb(machine));
      rival.push_back(simulate::report(machine, workload, records).total.regret);
    }
    EXPECT_LT(median(table, {}, regret), quantile(rival, 0.5) + 0.001) << name;
  }
}

}  // namespace
}  // namespace pagefare::test
