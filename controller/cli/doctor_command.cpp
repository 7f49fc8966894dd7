// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "controller/cli/commands.h"
#include "controller/cli/config_options.h"
#include "controller/daemon/doctor.h"
#include "controller/edge/system_clock.h"

namespace pagefare {

namespace {

struct Options {
  ConfigOptions config;
  bool json = false;
};

int examine_machine(const Options& options) {
  const auto config = read_config(options.config);
  if (!config) {
    fmt::print(stderr, "pagefare: {}\n", config.error().message);
    return kUsage;
  }
  SystemClock clock;
  const auto findings = examine(*config, {}, clock);
  fmt::print("{}", options.json ? findings_json(findings)
                                : findings_text(findings, isatty(STDOUT_FILENO) != 0));
  return can_run(findings) ? 0 : kFailed;
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("doctor", "What this machine has of what pagefare needs");
  options->config.add_to(*command);
  command->add_flag("--json", options->json, "Print the findings as JSON");
  command->footer(
      "Loads and attaches the BPF programs for a moment, so it needs what `run` needs.\n\n"
      "Exit code: 0 pagefare can run here, 1 it cannot, 2 wrong options or configuration.");
  command->callback([options, &exit_code] { exit_code = examine_machine(*options); });
}

}  // namespace pagefare
