// SPDX-License-Identifier: Apache-2.0
// Whole simulated runs over many seeds, for the bounds that the governor promises.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/simulate/report.h"
#include "controller/core/simulate/rival.h"
#include "controller/edge/tables/throughput_csv.h"

namespace pagefare::test {

inline constexpr std::uint64_t kSeeds = 20;

inline const std::vector<std::string>& published_tables() {
  static const std::vector<std::string> names = {
      "grace-2m",      "grace-64k",       "xeon-e5-2650v4-2m", "xeon-e5-2650v4-4k",
      "zen3-ccd-fill", "zen3-ccd-spread", "zen3-ptdma-v2"};
  return names;
}

inline simulate::Table published(const std::string& name) {
  const std::string path =
      std::string(PAGEFARE_SOURCE_DIR) + "/tests/data/throughput/" + name + ".csv";
  auto table = tables::read_throughput_csv(path);
  EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().message);
  return table ? *table : simulate::Table{};
}

using MakeWorkload = simulate::Workload (*)(const simulate::Machine&, std::uint64_t);

struct RunWith {
  MakeWorkload workload = simulate::default_workload;
  steer::Objective objective = steer::Objective::kThroughput;
  const simulate::Table* prior = nullptr;
  double noise = 0.1;
  simulate::Weather weather{};
};

struct Outcome {
  simulate::Workload workload;
  std::vector<simulate::PeriodRecord> records;
  simulate::Report report;
};

inline Outcome simulate_once(const simulate::Table& table, const RunWith& setup,
                             std::uint64_t seed) {
  const simulate::Machine machine(table);
  Outcome outcome;
  outcome.workload = setup.workload(machine, seed);
  steer::Wants wants;
  wants.objective = setup.objective;
  steer::Governor governor(machine.space(), wants);
  if (setup.prior != nullptr) {
    governor.learn_prior(simulate::as_prior(*setup.prior), setup.prior->platform == table.platform
                                                               ? steer::PriorSource::kThisMachine
                                                               : steer::PriorSource::kOtherMachine);
  }
  outcome.records = simulate::play_governor(
      {&machine, &outcome.workload, setup.noise, seed, setup.weather}, std::move(governor));
  outcome.report = simulate::report(machine, outcome.workload, outcome.records);
  return outcome;
}

inline double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// The median over kSeeds seeds of some figure of the whole run.
inline double median(const simulate::Table& table, const RunWith& setup,
                     const std::function<double(const simulate::Figures&)>& figure) {
  std::vector<double> values;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    values.push_back(figure(simulate_once(table, setup, seed).report.total));
  }
  return quantile(std::move(values), 0.5);
}

inline double regret(const simulate::Figures& figures) {
  return figures.regret;
}
inline double regret_second_half(const simulate::Figures& figures) {
  return figures.regret_second_half;
}

}  // namespace pagefare::test
