// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "controller/cli/commands.h"
#include "controller/daemon/version.h"

namespace pagefare {

void add_version(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  command->footer("Exit code: 0 printed, 2 wrong options.");
  command->callback([&exit_code] {
    fmt::print("pagefare {}\n", kVersion);
    exit_code = 0;
  });
}

}  // namespace pagefare
