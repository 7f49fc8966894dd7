// SPDX-License-Identifier: Apache-2.0
// The same promises on machines that nobody measured.
#include <gtest/gtest.h>

#include "tests/support/random_table.h"
#include "tests/support/simulations.h"

namespace pagefare::test {
namespace {

constexpr std::uint64_t kMachines = 40;

struct Expectation {
  Oddity oddity;
  const char* name;
  double most_regret;       ///< median over the machines
  double most_regret_late;  ///< in the second half of phases
  double tail_regret;       ///< that one machine in ten may exceed
};

class RandomMachines : public testing::TestWithParam<Expectation> {
 protected:
  std::vector<simulate::Figures> run_all(const RunWith& setup) const {
    std::vector<simulate::Figures> all;
    for (std::uint64_t i = 0; i < kMachines; ++i) {
      all.push_back(
          simulate_once(random_table(GetParam().oddity, 7000 + i), setup, i).report.total);
    }
    return all;
  }
};

double quantile_of(const std::vector<simulate::Figures>& runs,
                   const std::function<double(const simulate::Figures&)>& figure, double share) {
  std::vector<double> values;
  for (const simulate::Figures& run : runs) {
    values.push_back(figure(run));
  }
  return quantile(std::move(values), share);
}

double median_of(const std::vector<simulate::Figures>& runs,
                 const std::function<double(const simulate::Figures&)>& figure) {
  return quantile_of(runs, figure, 0.5);
}

TEST_P(RandomMachines, LoseNoMoreThanThePublishedOnes) {
  const auto runs = run_all({});
  EXPECT_LE(median_of(runs, regret), GetParam().most_regret);
  EXPECT_LE(median_of(runs, regret_second_half), GetParam().most_regret_late);
}

TEST_P(RandomMachines, LoseLittleInNineOfTenRuns) {
  const auto runs = run_all({});
  EXPECT_LE(quantile_of(runs, regret, 0.9), GetParam().tail_regret);
}

TEST_P(RandomMachines, SettleWithinFifteenPeriodsAndNeverFlap) {
  std::vector<double> settled;
  for (std::uint64_t i = 0; i < kMachines; ++i) {
    const auto report = simulate_once(random_table(GetParam().oddity, 7000 + i), {}, i).report;
    EXPECT_EQ(report.total.flaps, 0U) << "machine " << i;
    for (const auto& phase : report.phases) {
      settled.push_back(static_cast<double>(phase.settled_after));
    }
  }
  EXPECT_LE(quantile(settled, 0.95), 15);
}

TEST_P(RandomMachines, LoseNoMoreWithMixesOfClasses) {
  const auto runs = run_all({simulate::mixed_workload});
  EXPECT_LE(median_of(runs, regret), GetParam().most_regret);
  EXPECT_LE(median_of(runs, regret_second_half), GetParam().most_regret_late);
}

TEST_P(RandomMachines, AreNeverMuchSlowerThanWithTheUnmodifiedKernel) {
  for (const simulate::Figures& run : run_all({})) {
    if (run.vanilla_gbps) {
      EXPECT_GE(run.achieved_gbps, 0.95 * *run.vanilla_gbps);
    }
  }
}

TEST_P(RandomMachines, StayWithinTenPercentWhenThrifty) {
  const auto runs = run_all({simulate::default_workload, steer::Objective::kThrift});
  EXPECT_LE(median_of(runs, regret), 0.10);
}

std::string test_name(const testing::TestParamInfo<Expectation>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    All, RandomMachines,
    testing::Values(Expectation{Oddity::kNone, "Ordinary", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kBumpy, "Bumpy", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kFlatThenUp, "FlatThenUp", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kKernelBest, "KernelBest", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kTies, "Ties", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kHoles, "Holes", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kZigzag, "Zigzag", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kPeak, "Peak", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kDmaFlips, "DmaFlips", 0.04, 0.015, 0.04},
                    Expectation{Oddity::kUnrelated, "Unrelated", 0.04, 0.015, 0.07},
                    Expectation{Oddity::kNoKernel, "NoKernel", 0.04, 0.015, 0.04}),
    test_name);

TEST(OneRow, IsEnoughForATable) {
  simulate::Table table{"one", {{{steer::Engine::kThreads, 4}, 4096, 64, 3.0}}, {}};
  const simulate::Figures run = simulate_once(table, {}, 1).report.total;
  EXPECT_LE(run.regret, 0.04);
  EXPECT_FALSE(run.vanilla_gbps.has_value());
}

}  // namespace
}  // namespace pagefare::test
