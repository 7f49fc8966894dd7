// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "controller/cli/commands.h"
#include "controller/edge/config.h"

namespace pagefare {

namespace {

int check(const std::string& file) {
  const auto config = load_config(file);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message);
    return kUsage;
  }
  fmt::print("# {} is good; in effect:\n{}", file, to_toml(*config));
  return 0;
}

}  // namespace

void add_check_config(CLI::App& app, int& exit_code) {
  auto file = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("check-config", "Check a configuration file and show what is in effect");
  command->add_option("FILE", *file, "The file to check")->required();
  command->footer("Every mistake is told with file, line and key.\n\nExit code: 0 good, 2 not.");
  command->callback([file, &exit_code] { exit_code = check(*file); });
}

}  // namespace pagefare
