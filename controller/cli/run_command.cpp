// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "controller/cli/commands.h"
#include "controller/cli/config_options.h"
#include "controller/daemon/daemon.h"
#include "controller/edge/machine_facts.h"

namespace pagefare {

namespace {

/// What else stands in the way of somebody who is not root: whatever failed first, it would not
/// be the last. Empty where the capabilities are there.
std::string privileges_missing() {
  for (const CapabilityFact& capability : read_machine_facts({}).capabilities) {
    const bool needed = capability.name == "CAP_BPF" || capability.name == "CAP_PERFMON";
    if (needed && !capability.effective) {
      return fmt::format("pagefare: without {} it cannot {}: run it as root, as with sudo\n",
                         capability.name, capability.reason);
    }
  }
  return "";
}

struct RunOptions {
  ConfigOptions config;
  bool watch_config = false;
  std::string record;
  std::string run_directory = "/run/pagefare";
  std::string state_directory = kDefaultStateDirectory;
};

int run(const RunOptions& options) {
  const auto config = read_config(options.config);
  if (!config) {
    fmt::print(stderr, "pagefare: {}\n", config.error().message);
    return kUsage;
  }
  const std::string file = options.config.file.empty() ? kDefaultConfigFile : options.config.file;
  const auto done = run_daemon({.config = *config,
                                .reload = [options] { return read_config(options.config); },
                                .watched_file = options.watch_config ? file : "",
                                .roots = {},
                                .run_directory = options.run_directory,
                                .state_directory = options.state_directory,
                                .record = options.record});
  if (!done) {
    fmt::print(stderr, "pagefare: {}\n{}", done.error().message, privileges_missing());
    return kFailed;
  }
  return 0;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Observe migrations and serve what was seen");
  command->footer(
      "Needs root (or CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN, CAP_DAC_READ_SEARCH, CAP_SYSLOG).\n"
      "Serves a page at /, and /metrics, /status, /explain, /livez and /readyz. SIGHUP reads\n"
      "the configuration again, SIGTERM and SIGINT end it. Changes nothing on the machine in\n"
      "the modes observe and advise.\n\n"
      "Exit code: 0 ended by a signal, 1 could not start, 2 wrong options or configuration.");
  options->config.add_to(*command);
  command->add_flag("--watch-config", options->watch_config,
                    "Read the configuration again also when its file changes, as in Kubernetes");
  command->add_option("--record", options->record,
                      "Keep what the governor sees in this file, for pagefare replay");
  command
      ->add_option("--run-directory", options->run_directory,
                   "Where the lock against a second daemon is")
      ->capture_default_str();
  command
      ->add_option("--state-directory", options->state_directory,
                   "Where it is written down what is changed")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace pagefare
