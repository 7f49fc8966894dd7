// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "controller/cli/calibrate_command.h"
#include "controller/cli/commands.h"
#include "controller/cli/demo_command.h"
#include "controller/cli/explain_command.h"
#include "controller/cli/replay_command.h"
#include "controller/cli/simulate_command.h"
#include "controller/daemon/version.h"

namespace {

int parse(CLI::App& app, int argc, char** argv, int& exit_code) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // CLI11 says of a misspelt command only that there is none.
    const auto unknown = app.remaining();
    if (!app.get_subcommands().empty() || unknown.empty()) {
      app.exit(error);
      return pagefare::kUsage;
    }
    fmt::print(stderr,
               "pagefare: no command is named {}; `pagefare --help` lists those there are\n",
               unknown.front());
    return pagefare::kUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : pagefare::kUsage;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    spdlog::set_default_logger(spdlog::stderr_color_mt("pagefare"));
    CLI::App app{"pagefare: who pays when the kernel moves pages between memory nodes"};
    app.set_version_flag("--version", std::string("pagefare ") + pagefare::kVersion);
    app.require_subcommand(1);
    app.footer("`pagefare COMMAND --help` says more. Manual: pagefare(1).");
    int exit_code = 0;
    pagefare::add_run(app, exit_code);
    pagefare::add_top(app, exit_code);
    pagefare::add_status(app, exit_code);
    pagefare::add_explain(app, exit_code);
    pagefare::add_doctor(app, exit_code);
    pagefare::add_demo(app, exit_code);
    pagefare::add_simulate(app, exit_code);
    pagefare::add_replay(app, exit_code);
    pagefare::add_calibrate(app, exit_code);
    pagefare::add_knobs(app, exit_code);
    pagefare::add_release(app, exit_code);
    pagefare::add_restore(app, exit_code);
    pagefare::add_check_config(app, exit_code);
    pagefare::add_version(app, exit_code);
    return parse(app, argc, argv, exit_code);
  } catch (const std::exception& error) {
    fmt::print(stderr, "pagefare: {}\n", error.what());
    return pagefare::kFailed;
  }
}
