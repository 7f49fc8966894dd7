// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/simulate_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/cli/commands.h"
#include "controller/cli/simulate_report.h"
#include "controller/core/simulate/rival.h"
#include "controller/edge/tables/steer_plot.h"
#include "controller/edge/tables/throughput_csv.h"
#include "controller/edge/tables/workload_csv.h"

namespace pagefare {
namespace {

struct Options {
  std::string platform;
  std::string workload = "default";
  std::string objective = "throughput";
  std::string prior = "none";
  std::string driver = "governor";
  std::string plot;
  double noise = 0.1;
  std::uint64_t seed = 1;
  bool json = false;
  bool explain = false;
};

struct Simulated {
  std::vector<simulate::PeriodRecord> records;
  std::vector<steer::Decision> decisions;
};

steer::Objective objective_of(const std::string& text) {
  for (const auto one : {steer::Objective::kThrift, steer::Objective::kBalanced}) {
    if (text == steer::name(one)) {
      return one;
    }
  }
  return steer::Objective::kThroughput;
}

Result<simulate::Workload> workload_of(const Options& options, const simulate::Machine& machine) {
  if (options.workload == "default") {
    return simulate::default_workload(machine, options.seed);
  }
  if (options.workload == "mixed") {
    return simulate::mixed_workload(machine, options.seed);
  }
  if (options.workload == "drift") {
    return simulate::drift_workload(machine, options.seed);
  }
  return tables::read_workload_csv(options.workload, machine);
}

Result<steer::Governor> governor_of(const Options& options, const simulate::Table& table,
                                    const simulate::Machine& machine) {
  steer::Wants wants;
  wants.objective = objective_of(options.objective);
  steer::Governor governor(machine.space(), wants);
  if (options.prior != "none") {
    const auto prior = tables::read_throughput_csv(options.prior);
    if (!prior) {
      return fail("prior", prior.error());
    }
    governor.learn_prior(simulate::as_prior(*prior), prior->platform == table.platform
                                                         ? steer::PriorSource::kThisMachine
                                                         : steer::PriorSource::kOtherMachine);
  }
  return governor;
}

Result<Simulated> run(const Options& options, const simulate::Table& table,
                      const simulate::Machine& machine, const simulate::Workload& workload) {
  const simulate::Play play{&machine, &workload, options.noise, options.seed};
  Simulated run;
  if (options.driver == "ucb") {
    run.records = simulate::play(play, simulate::ucb(machine));
  } else if (options.driver == "epsilon-greedy") {
    run.records = simulate::play(play, simulate::epsilon_greedy(machine, 0.05, options.seed));
  } else {
    auto governor = governor_of(options, table, machine);
    if (!governor) {
      return tl::make_unexpected(governor.error());
    }
    run.records = simulate::play_governor(play, std::move(*governor), &run.decisions);
  }
  return run;
}

std::vector<std::string> notes_of(const simulate::Table& table, const simulate::Machine& machine) {
  std::vector<std::string> notes = table.notes;
  std::size_t without = 0;
  for (std::size_t i = 0; i < machine.classes().size(); ++i) {
    without += machine.has_kernel_row(i) ? 0U : 1U;
  }
  if (without > 0) {
    notes.push_back(
        fmt::format("{} of {} classes have no row of the unmodified kernel; it is "
                    "taken to be as fast as the fewest workers",
                    without, machine.classes().size()));
  }
  return notes;
}

int failed(const Error& error) {
  fmt::print(stderr, "pagefare: {}\n", error.message);
  return kFailed;
}

int simulate_one(const Options& options) {
  const auto table = tables::read_throughput_csv(options.platform);
  if (!table) {
    return failed(table.error());
  }
  const simulate::Machine machine(*table);
  const auto workload = workload_of(options, machine);
  if (!workload) {
    return failed(workload.error());
  }
  const auto simulated = run(options, *table, machine, *workload);
  if (!simulated) {
    return failed(simulated.error());
  }
  const simulate::Report report = simulate::report(machine, *workload, simulated->records);
  const SimulateHeading heading{table->platform, options.workload,         options.objective,
                                options.prior,   options.driver,           options.noise,
                                options.seed,    notes_of(*table, machine)};
  if (!options.plot.empty()) {
    const tables::PlotInput input{
        fmt::format("{}, workload {}, objective {}, seed {}: regret {:.2f} %", table->platform,
                    options.workload, options.objective, options.seed, 100.0 * report.total.regret),
        machine, *workload, simulated->records};
    if (const auto written = tables::write_steer_plot(input, options.plot); !written) {
      return failed(written.error());
    }
  }
  if (options.explain) {
    for (const steer::Decision& decision : simulated->decisions) {
      fmt::print("{}\n", steer::explain(decision));
    }
  }
  fmt::print("{}", options.json ? simulate_json(heading, machine, report)
                                : simulate_text(heading, machine, report));
  return 0;
}

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Show what the governor would do on a machine given by a throughput table");
  command->add_option("--platform", options->platform, "Throughput table (CSV)")->required();
  command->add_option("--workload", options->workload, "default, mixed, drift, or a CSV file")
      ->capture_default_str();
  command->add_option("--objective", options->objective, "What to steer for")
      ->check(CLI::IsMember({"throughput", "thrift", "balanced"}))
      ->capture_default_str();
  command->add_option("--noise", options->noise, "Relative noise of each measurement")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--prior", options->prior, "none, or a table to begin from")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Of the workload and the noise")
      ->capture_default_str();
  command->add_option("--driver", options->driver, "Who steers: ours, or a rival to compare with")
      ->check(CLI::IsMember({"governor", "ucb", "epsilon-greedy"}))
      ->capture_default_str();
  command->add_option("--plot", options->plot, "Write a picture of the run to this SVG file");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->add_flag("--explain", options->explain, "Print every decision that is not to hold")
      ->excludes("--json");
  command->footer(
      "docs/steering.md explains the figures.\n\n"
      "Exit code: 0 done, 1 a file cannot be used, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = simulate_one(*options); });
}

}  // namespace pagefare
