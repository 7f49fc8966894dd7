// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "controller/cli/commands.h"
#include "controller/cli/http_client.h"
#include "controller/cli/status_source.h"
#include "controller/edge/bpf/migrator_name.h"
#include "controller/edge/journal/machine_files.h"
#include "controller/edge/knobs/grips.h"
#include "controller/edge/knobs/knob_panel.h"
#include "controller/edge/system_clock.h"
#include "exporter/knobs_json.h"
#include "exporter/knobs_text.h"

namespace pagefare {

namespace {

constexpr std::chrono::seconds kTimeout{2};

struct Options {
  std::string url = kDefaultUrl;
  std::string run_directory = "/run/pagefare";
  std::string knob;
  bool json = false;
};

Result<KnobState> read_knobs() {
  SystemFiles files;
  SystemClock clock;
  MigratorName migrator("/proc");
  // No run directory: requests for release are the daemon's to take.
  KnobPanel panel({.roots = {},
                   .run_directory = "/nonexistent",
                   .migrator = [&migrator] { return migrator.read(); }},
                  files, clock, nullptr);
  return panel.read();
}

int list(const Options& options) {
  auto state = read_knobs();
  if (!state) {
    fmt::print(stderr, "pagefare: {}\n", state.error().message);
    return kFailed;
  }
  // Whose a knob is only the daemon knows; without one nobody of ours holds any.
  if (const auto status = http_get(options.url + "/status", kTimeout)) {
    (void)add_grips(*state, *status);
  }
  if (options.json) {
    fmt::print("{}\n", knobs_json(*state).dump(2));
  } else {
    fmt::print("{}", knobs_text(*state, isatty(STDOUT_FILENO) != 0));
  }
  const bool harmful = std::ranges::any_of(state->alarms, [](const KnobAlarm& alarm) {
    return alarm.kind == KnobAlarm::Kind::kLosesData;
  });
  return harmful ? kFailed : 0;
}

int release(const Options& options) {
  if (const auto asked = ask_for_release(options.run_directory, options.knob); !asked) {
    fmt::print(stderr, "pagefare: {}\n", asked.error().message);
    return kFailed;
  }
  fmt::print("{}: the daemon takes it as free from its next period on\n", options.knob);
  return 0;
}

}  // namespace

void add_knobs(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("knobs", "What turns migration and copying here, and how it is set");
  command->add_option("--url", options->url, "Where a daemon serves, for whose a knob is")
      ->envname("PAGEFARE_URL")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the list as JSON");
  command->footer(
      "Reads the machine itself; a running daemon is asked only for what it holds.\n\n"
      "Exit code: 0 listed, 1 it could not be, or a setting loses data, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = list(*options); });
}

void add_release(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("release", "Let the daemon turn a knob again that somebody else has set");
  command->add_option("KNOB", options->knob, "Its name, as `pagefare knobs` has it")->required();
  command->add_option("--run-directory", options->run_directory, "That of the daemon")
      ->capture_default_str();
  command->footer("Exit code: 0 asked for, 1 it could not be, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = release(*options); });
}

}  // namespace pagefare
