// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "controller/cli/commands.h"
#include "controller/daemon/observation.h"
#include "controller/edge/config.h"
#include "controller/edge/config_fairness.h"

namespace pagefare {

namespace {

/// Every cgroup there is, as a path below the root of the memory controller's hierarchy.
Result<std::vector<std::string>> existing_cgroups() {
  const auto hierarchy = find_memory_cgroups({});
  if (!hierarchy) return tl::make_unexpected(hierarchy.error());
  std::vector<std::string> paths;
  std::error_code error;
  using Walk = std::filesystem::recursive_directory_iterator;
  for (Walk at(hierarchy->path, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (at->is_directory(gone)) paths.push_back(at->path().string().substr(hierarchy->path.size()));
  }
  std::ranges::sort(paths);
  return paths;
}

int explain(const Config& config) {
  const auto paths = existing_cgroups();
  if (!paths) {
    fmt::print(stderr, "pagefare: {}\n", paths.error().message);
    return kFailed;
  }
  fmt::print("\n# Budgets of the cgroups there are:\n{}",
             explain_budgets(fair_policy(config), *paths));
  return 0;
}

int check(const std::string& file, bool budgets) {
  const auto config = load_config(file);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message);
    return kUsage;
  }
  fmt::print("# {} is good; in effect:\n{}", file, to_toml(*config));
  return budgets ? explain(*config) : 0;
}

}  // namespace

void add_check_config(CLI::App& app, int& exit_code) {
  auto file = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("check-config", "Check a configuration file and show what is in effect");
  command->add_option("FILE", *file, "The file to check")->required();
  auto budgets = std::make_shared<bool>(false);
  command->add_flag("--explain", *budgets,
                    "Say which budget each existing cgroup lives on, and why");
  command->footer("Every mistake is told with file, line and key.\n\nExit code: 0 good, 2 not.");
  command->callback([file, budgets, &exit_code] { exit_code = check(*file, *budgets); });
}

}  // namespace pagefare
