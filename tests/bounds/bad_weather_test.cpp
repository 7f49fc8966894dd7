// SPDX-License-Identifier: Apache-2.0
// What holds where measurements are far worse than the noise of 10 % that the promises are for:
// rates that scatter by factors, wander together, and calls whose size flickers. Settings cannot be
// told apart well then; what must not happen is that the governor turns knobs for ever.
#include <gtest/gtest.h>

#include "tests/support/simulations.h"

namespace pagefare::test {
namespace {

constexpr std::uint64_t kRuns = 10;
constexpr std::uint64_t kLearningPeriods = 40;

struct Sky {
  const char* name;
  double noise;
  simulate::Weather weather;
  double most_turned;       ///< share of periods with a write, of the worst table
  double most_regret_late;  ///< mean over tables, second half of phases
};

class BadWeather : public testing::TestWithParam<Sky> {
 protected:
  static RunWith setup() {
    RunWith setup;
    setup.noise = GetParam().noise;
    setup.weather = GetParam().weather;
    return setup;
  }
};

/// Share of the periods after the learning ones of each phase in which a knob was written.
double share_turned(const Outcome& run) {
  double periods = 0.0;
  double turned = 0.0;
  for (const simulate::PhaseFigures& phase : run.report.phases) {
    for (std::uint64_t i = kLearningPeriods; i < phase.figures.periods; ++i) {
      periods += 1.0;
      turned += run.records[phase.first_period + i].writes > 0 ? 1.0 : 0.0;
    }
  }
  return turned / periods;
}

TEST_P(BadWeather, TurnsKnobsSeldomOnceItHasLearned) {
  for (const std::string& name : published_tables()) {
    const simulate::Table table = published(name);
    double turned = 0.0;
    for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
      turned += share_turned(simulate_once(table, setup(), seed)) / kRuns;
    }
    EXPECT_LE(turned, GetParam().most_turned) << name;
  }
}

TEST_P(BadWeather, StillFindsSettingsThatAreNotFarFromTheBest) {
  double late = 0.0;
  for (const std::string& name : published_tables()) {
    late += median(published(name), setup(), regret_second_half);
  }
  EXPECT_LE(late / static_cast<double>(published_tables().size()), GetParam().most_regret_late);
}

std::string sky_name(const testing::TestParamInfo<Sky>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(All, BadWeather,
                         testing::Values(Sky{"Noise30", 0.3, {}, 0.05, 0.03},
                                         Sky{"Noise60", 0.6, {}, 0.05, 0.06},
                                         Sky{"Outliers", 0.6, {0.1, 0.0, 0.0}, 0.06, 0.10},
                                         Sky{"Wander", 0.3, {0.0, 0.05, 0.0}, 0.08, 0.05},
                                         Sky{"FlickeringCalls", 0.1, {0.0, 0.0, 0.1}, 0.1, 0.02},
                                         Sky{"Everything", 0.6, {0.1, 0.1, 0.1}, 0.12, 0.12}),
                         sky_name);

}  // namespace
}  // namespace pagefare::test
