// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/explain_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "controller/cli/commands.h"
#include "controller/cli/explain_cgroup.h"
#include "controller/cli/http_client.h"
#include "controller/cli/status_source.h"
#include "exporter/explain_text.h"

namespace pagefare {

namespace {

struct Options {
  std::string url = kDefaultUrl;
  std::uint64_t id = 0;
  std::string cgroup;
  bool json = false;
};

int show(const Options& options) {
  if (!options.cgroup.empty()) return explain_cgroup_of(options.url, options.cgroup, options.json);
  const auto answer = http_get(options.url + "/explain", std::chrono::seconds(5));
  if (!answer) {
    fmt::print(stderr, "pagefare: {}\n", answer.error().message);
    return kFailed;
  }
  const auto text =
      options.json ? explain_one_json(*answer, options.id) : explain_text(*answer, options.id);
  if (!text) {
    fmt::print(stderr, "pagefare: {}/explain: {}\n", options.url, text.error().message);
    return kFailed;
  }
  fmt::print("{}", *text);
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "explain", "Say why a running pagefare steers as it does: its decisions and their numbers");
  command->add_option("ID", options->id, "One decision with all its numbers; without it, a list");
  command->add_option("--cgroup", options->cgroup,
                      "Whose budget a cgroup lives on, what was done about it and why");
  command->add_option("--url", options->url, "Where the daemon serves")
      ->envname("PAGEFARE_URL")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print them as JSON");
  command->footer(
      "The daemon keeps the last 64 decisions that said something new.\n\n"
      "Exit code: 0 shown, 1 no answer or no such decision, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace pagefare
