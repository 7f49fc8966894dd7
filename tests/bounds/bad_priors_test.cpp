// SPDX-License-Identifier: Apache-2.0
// A prior from another platform may help and must not harm, however strange that platform is.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/random_table.h"
#include "tests/support/simulations.h"

namespace pagefare::test {
namespace {

constexpr std::uint64_t kRuns = 20;
constexpr std::uint64_t kPriorsPerOddity = 1;

double median_regret(const simulate::Table& table, const simulate::Table* prior) {
  RunWith setup;
  setup.prior = prior;
  std::vector<double> all;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    all.push_back(simulate_once(table, setup, seed).report.total.regret);
  }
  return quantile(std::move(all), 0.5);
}

/// What copying shows on a machine whose CPUs all work for somebody else: each worker more waits
/// for one.
simulate::Table measured_while_busy() {
  simulate::Table table{"busy", {}, {}};
  for (const std::uint64_t folios : {1U, 32U, 512U}) {
    table.rows.push_back({steer::kUnmodified, 2 << 20, folios, 10.0});
    for (std::uint32_t n = 1; n <= 16; n *= 2) {
      table.rows.push_back(
          {{steer::Engine::kThreads, n}, 2 << 20, folios, 11.0 * std::pow(n, -2.0)});
    }
  }
  return table;
}

class BadPrior : public testing::TestWithParam<std::string> {};

TEST_P(BadPrior, OfMachinesThatNobodyMeasuredCostsAtMostAPointMore) {
  const simulate::Table table = published(GetParam());
  const double without = median_regret(table, nullptr);
  for (int i = 0; i < kOddities; ++i) {
    for (std::uint64_t seed = 0; seed < kPriorsPerOddity; ++seed) {
      const simulate::Table prior = random_table(static_cast<Oddity>(i), 100 + seed);
      EXPECT_LE(median_regret(table, &prior), without + 0.01) << "oddity " << i << " seed " << seed;
    }
  }
}

TEST_P(BadPrior, OfABusyMachineCostsAtMostAPointMore) {
  const simulate::Table table = published(GetParam());
  const simulate::Table prior = measured_while_busy();
  EXPECT_LE(median_regret(table, &prior), median_regret(table, nullptr) + 0.01);
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, BadPrior, testing::ValuesIn(published_tables()), name_of);

// One setting that is worse by a factor of a hundred must not condemn its neighbours.
TEST(RuinousCounts, LeaveTheOthersInTheRunning) {
  simulate::Table table{"ruinous", {}, {}};
  for (const std::uint64_t folios : {1U, 8U, 32U, 512U}) {
    table.rows.push_back({steer::kUnmodified, 1 << 18, folios, 10.0});
    table.rows.push_back({{steer::Engine::kThreads, 1}, 1 << 18, folios, 11.5});
    table.rows.push_back({{steer::Engine::kThreads, 2}, 1 << 18, folios, 1.4});
    table.rows.push_back({{steer::Engine::kThreads, 4}, 1 << 18, folios, 0.05});
  }
  EXPECT_LE(median(table, {}, regret), 0.04);
  EXPECT_LE(median(table, {}, regret_second_half), 0.015);
}

}  // namespace
}  // namespace pagefare::test
