// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "controller/cli/commands.h"
#include "controller/edge/journal/guard.h"
#include "controller/edge/journal/journal.h"
#include "controller/edge/journal/undo.h"

namespace pagefare {

namespace {

/// The old daemon may take long to die: the kernel takes its BPF programs away first. A new one may
/// have taken the journal before the guard of the old one: it has undone everything then.
constexpr std::chrono::seconds kGuardPatience{60};

struct Options {
  std::string state_directory = kDefaultStateDirectory;
  bool dry_run = false;
  bool json = false;
  bool unless_kept = false;
};

std::string undone_json(const std::vector<UndoneValue>& undone, bool dry_run) {
  nlohmann::ordered_json json{{"dry_run", dry_run}, {"values", nlohmann::ordered_json::array()}};
  for (const UndoneValue& value : undone) {
    json["values"].push_back({{"path", value.path},
                              {"row", value.row},
                              {"outcome", name(value.outcome)},
                              {"found", value.found},
                              {"original", value.original},
                              {"sentence", value.sentence}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string undone_text(const std::vector<UndoneValue>& undone) {
  std::string text;
  for (const UndoneValue& value : undone) {
    text += fmt::format("{:<9}  {}\n", name(value.outcome), value.sentence);
  }
  return text.empty() ? "nothing to restore\n" : text;
}

int report(const std::vector<UndoneValue>& undone, const Options& options) {
  fmt::print("{}", options.json ? undone_json(undone, options.dry_run) : undone_text(undone));
  const bool failed = std::ranges::any_of(undone, [](const UndoneValue& value) {
    return value.outcome == UndoneValue::Outcome::kRefused;
  });
  return failed ? kFailed : 0;
}

int restore(const Options& options) {
  // A machine on which nothing was ever changed need not have the directory.
  if (access((options.state_directory + "/journal").c_str(), F_OK) != 0 && errno == ENOENT) {
    return report({}, options);
  }
  SystemFiles files;
  const auto place = journal_place(options.state_directory);
  auto journal = place ? Journal::open(*place, files) : tl::make_unexpected(place.error());
  if (!journal) {
    fmt::print(stderr, "pagefare: {}\n", journal.error().message);
    return kFailed;
  }
  for (const std::string& remark : journal->remarks()) fmt::print(stderr, "pagefare: {}\n", remark);
  if (options.unless_kept && journal->kept()) return report({}, options);
  return report(options.dry_run ? foresee_undo(*journal, files) : undo(*journal, files), options);
}

/// Nobody may be left to read what it says: it goes to the daemon's standard error, its journal.
int guard(const Options& options) {
  if (chdir("/") != 0 || !watch_over(STDIN_FILENO)) return 0;
  SystemFiles files;
  auto place = journal_place(options.state_directory);
  if (place) place->patience = kGuardPatience;
  auto journal = place ? Journal::open(*place, files) : tl::make_unexpected(place.error());
  if (!journal) {
    spdlog::error("the daemon ended without restoring, and its guard cannot: {}",
                  journal.error().message);
    return kFailed;
  }
  if (journal->kept()) return 0;  // by a daemon that came and went meanwhile
  spdlog::warn("the daemon ended without restoring; its guard does");
  for (const UndoneValue& value : undo(*journal, files)) spdlog::warn("{}", value.sentence);
  return 0;
}

void add_state_directory(CLI::App& command, Options& options) {
  command
      .add_option("--state-directory", options.state_directory,
                  "Where the daemon writes down what it changes")
      ->capture_default_str();
}

}  // namespace

void add_restore(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("restore", "Put back what a pagefare that is gone has changed");
  add_state_directory(*command, *options);
  command->add_flag("--dry-run", options->dry_run, "Say what would be done, and do nothing");
  command->add_flag("--json", options->json, "Print what was done as JSON");
  command->add_flag("--unless-kept", options->unless_kept,
                    "Leave what the daemon kept on purpose (on_stop = \"keep\")");
  command->footer(
      "A value that somebody else has written since is left alone. A running daemon restores when\n"
      "it stops: stop it instead.\n\n"
      "Exit code: 0 all is as it was, 1 something could not be put back, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = restore(*options); });

  auto guarded = std::make_shared<Options>();
  CLI::App* hidden = app.add_subcommand("guard", "Undoes when the daemon dies; started by it");
  hidden->group("");
  add_state_directory(*hidden, *guarded);
  hidden->callback([guarded, &exit_code] { exit_code = guard(*guarded); });
}

}  // namespace pagefare
