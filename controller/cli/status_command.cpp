// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "controller/cli/commands.h"
#include "controller/cli/http_client.h"
#include "controller/cli/status_source.h"
#include "exporter/fair_text.h"
#include "exporter/status_text.h"

namespace pagefare {

namespace {

struct Options {
  std::string url = kDefaultUrl;
  bool json = false;
};

int show(const Options& options) {
  const auto text = http_get(options.url + "/status", std::chrono::seconds(5));
  if (!text) {
    fmt::print(stderr, "pagefare: {}\n", text.error().message);
    return kFailed;
  }
  if (options.json) {
    fmt::print("{}\n", *text);
    return 0;
  }
  const auto status = parse_status(*text);
  if (!status) {
    fmt::print(stderr, "pagefare: {}/status: {}\n", options.url, status.error().message);
    return kFailed;
  }
  fmt::print("{}", status_text(*status, isatty(STDOUT_FILENO) != 0));
  fmt::print("{}", fair_summary(*text));
  return 0;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("status", "Show what a running pagefare has seen since its start");
  command->add_option("--url", options->url, "Where the daemon serves")
      ->envname("PAGEFARE_URL")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the daemon's /status as it is");
  command->footer("Exit code: 0 shown, 1 no answer from the daemon, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace pagefare
