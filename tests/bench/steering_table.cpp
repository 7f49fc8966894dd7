// SPDX-License-Identifier: Apache-2.0
// Prints the tables of docs/steering.md: the governor, two rivals and the best static setting on
// every published table, the same workload and noise for all.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/support/simulations.h"

namespace pagefare::test {
namespace {

struct Sample {
  std::vector<double> whole;
  std::vector<double> late;
  std::vector<double> fixed;  ///< of the best static setting
  std::vector<double> cpu;    ///< against the best static setting
};

void add(Sample& sample, const simulate::Figures& figures) {
  sample.whole.push_back(100.0 * figures.regret);
  sample.late.push_back(100.0 * figures.regret_second_half);
  sample.fixed.push_back(100.0 * (1.0 - figures.best_static.gbps / figures.oracle_gbps));
  sample.cpu.push_back(figures.cpu_s_per_gb / figures.best_static.cpu_s_per_gb);
}

Sample governed(const simulate::Table& table, const RunWith& with) {
  Sample sample;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    add(sample, simulate_once(table, with, seed).report.total);
  }
  return sample;
}

Sample rivalled(const simulate::Table& table, bool ucb) {
  const simulate::Machine machine(table);
  Sample sample;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const simulate::Workload workload = simulate::default_workload(machine, seed);
    const auto driver =
        ucb ? simulate::ucb(machine) : simulate::epsilon_greedy(machine, 0.05, seed);
    const auto records = simulate::play({&machine, &workload, 0.1, seed}, driver);
    add(sample, simulate::report(machine, workload, records).total);
  }
  return sample;
}

std::string spread(const std::vector<double>& values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.2f (%.2f-%.2f)", quantile(values, 0.5),
                quantile(values, 0.05), quantile(values, 0.95));
  return text.data();
}

void print_row(const std::string& name, const std::vector<std::string>& cells) {
  std::printf("| %s |", name.c_str());
  for (const std::string& cell : cells) {
    std::printf(" %s |", cell.c_str());
  }
  std::printf("\n");
}

void print_all() {
  std::printf("Regret in percent, median of %d seeds (5th-95th percentile)\n\n",
              static_cast<int>(kSeeds));
  for (const std::string& name : published_tables()) {
    const simulate::Table table = published(name);
    const Sample ours = governed(table, {});
    const Sample ucb = rivalled(table, true);
    const Sample greedy = rivalled(table, false);
    print_row(name, {spread(ours.whole), spread(ours.late), spread(ucb.whole), spread(ucb.late),
                     spread(greedy.whole), spread(ours.fixed)});
  }
  std::printf("\nOther workloads and objectives\n\n");
  for (const std::string& name : published_tables()) {
    const simulate::Table table = published(name);
    const Sample mixed = governed(table, {simulate::mixed_workload});
    const Sample drift = governed(table, {simulate::drift_workload});
    const Sample thrift = governed(table, {simulate::default_workload, steer::Objective::kThrift});
    const Sample balanced =
        governed(table, {simulate::default_workload, steer::Objective::kBalanced});
    print_row(name,
              {spread(mixed.whole), spread(mixed.late), spread(drift.whole), spread(thrift.whole),
               spread(thrift.cpu), spread(balanced.whole), spread(balanced.cpu)});
  }
}

}  // namespace
}  // namespace pagefare::test

int main() {
  pagefare::test::print_all();
  return 0;
}
