// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/calibrate_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "controller/cli/commands.h"
#include "controller/core/steer/cpu_use.h"
#include "controller/edge/calibrate/calibrate.h"
#include "controller/edge/proc_cpu_meter.h"
#include "controller/edge/system_clock.h"

namespace pagefare {
namespace {

struct Options {
  std::string output;
  std::string placement = "fill";
  std::int64_t seconds = 20;
  bool json = false;
};

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "it is set by a signal handler");

void stop_on_signals() {
  struct sigaction action{};
  action.sa_handler = [](int) { interrupted = true; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

std::vector<calibrate::Placement> placements_of(const std::string& text) {
  std::vector<calibrate::Placement> chosen;
  for (int i = 0; i < calibrate::kPlacements; ++i) {
    const auto placement = static_cast<calibrate::Placement>(i);
    if (text == "all" || text == calibrate::name(placement)) chosen.push_back(placement);
  }
  return chosen;
}

std::string to_json(const calibrate::Calibration& calibration) {
  using nlohmann::json;
  json out{{"platform", calibration.platform}, {"rows", json::array()}};
  for (const calibrate::Measured& one : calibration.rows) {
    out["rows"].push_back({{"placement", calibrate::name(one.placement)},
                           {"engine", steer::name(one.row.setting.engine)},
                           {"workers", one.row.setting.workers},
                           {"folio_size_bytes", one.row.folio_bytes},
                           {"folios", one.row.folios},
                           {"throughput_gbps", one.row.gbps},
                           {"stddev", one.stddev}});
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

constexpr double kMuchWaiting = 0.1;

/// Share of the time in which some task waited for a CPU; none where the kernel does not tell.
std::optional<double> waited(const Result<steer::CpuCounters>& before,
                             const Result<steer::CpuCounters>& after) {
  if (!before || !after || !before->stalled || !after->stalled || after->at <= before->at) {
    return std::nullopt;
  }
  return steer::cpu_state(*before, *after, Nanoseconds::zero()).stalled;
}

int run(const Options& options) {
  stop_on_signals();
  SystemClock clock;
  ProcCpuMeter meter(Roots{}, clock);
  const auto before = meter.read();
  const auto calibration = calibrate::calibrate({}, {.placements = placements_of(options.placement),
                                                     .time = std::chrono::seconds(options.seconds),
                                                     .stop = [] { return interrupted.load(); }});
  if (!calibration) {
    fmt::print(stderr, "pagefare: {}\n", calibration.error().message);
    return kFailed;
  }
  if (calibration->stopped) {
    fmt::print(stderr, "pagefare: interrupted after {} rows; nothing is written\n",
               calibration->rows.size());
    return kFailed;
  }
  if (const auto share = waited(before, meter.read()); share && *share > kMuchWaiting) {
    fmt::print(
        stderr,
        "pagefare: tasks waited for CPUs {:.0f} % of the time: others were busy, and rows of "
        "several workers show less than this machine can do; repeat it while it is idle\n",
        100.0 * *share);
  }
  if (!options.output.empty()) {
    std::ofstream out(options.output);
    out << calibrate::to_csv(*calibration) << std::flush;
    if (!out) {
      fmt::print(stderr, "pagefare: {}: cannot be written; is its directory there?\n",
                 options.output);
      return kFailed;
    }
  }
  if (options.json) {
    fmt::print("{}", to_json(*calibration));
  } else if (options.output.empty()) {
    fmt::print("{}", calibrate::to_csv(*calibration));
  }
  return 0;
}

}  // namespace

void add_calibrate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "calibrate", "Measure how this machine copies, as a table for [steer] prior and simulate");
  command->add_option("--output", options->output, "Write the table (CSV) to this file");
  command->add_option("--seconds", options->seconds, "How long to copy, about")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_option("--placement", options->placement, "Where workers run, or all placements")
      ->check(CLI::IsMember({"fill", "spread", "node", "all"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the rows as JSON");
  command->footer(
      "Copies memory in user space at the lowest priority, by 1, 2, 4, ... threads; changes "
      "nothing\n"
      "on the machine and needs no privileges. Without --output the table goes to standard "
      "output.\n\n"
      "Exit code: 0 done, 1 interrupted or a file cannot be written, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace pagefare
