// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/replay_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "controller/cli/commands.h"
#include "controller/edge/record/record_file.h"
#include "controller/edge/record/replay.h"
#include "controller/edge/record/replay_plot.h"
#include "controller/edge/text_file.h"

namespace pagefare {
namespace {

struct Options {
  std::string record;
  std::string objective;
  std::string plot;
  bool json = false;
  bool explain = false;
};

std::optional<steer::Objective> objective_of(const std::string& text) {
  for (const auto one :
       {steer::Objective::kThroughput, steer::Objective::kThrift, steer::Objective::kBalanced}) {
    if (text == steer::name(one)) return one;
  }
  return std::nullopt;
}

/// A line where the course changes, and where a knob is written.
std::string course_text(const record::Replay& replay, bool explain) {
  std::string text;
  const steer::Decision* before = nullptr;
  for (const record::ReplayedPeriod& period : replay.periods) {
    const steer::Decision& decision = period.decision;
    const bool says_more =
        before == nullptr || before->rule != decision.rule || before->target != decision.target;
    before = &decision;
    if (!says_more) continue;
    text += explain ? steer::explain(decision) + "\n"
                    : fmt::format("{:>6} {:<9} {:>8.2f} GB/s{} {}\n", decision.period,
                                  steer::name(decision.rule), period.gbps,
                                  period.as_recorded ? " " : "*", decision.sentence);
  }
  return text;
}

std::string summary_text(const record::Replay& replay) {
  return fmt::format(
      "{} periods, {} governors; {} decisions as recorded, {} others (*); {} periods with a "
      "write\n",
      replay.periods.size(), replay.governors, replay.as_recorded,
      replay.periods.size() - replay.as_recorded, replay.writes);
}

std::string json_text(const record::Replay& replay) {
  using nlohmann::json;
  const auto setting = [](steer::Setting one) {
    return json{{"engine", steer::name(one.engine)}, {"workers", one.workers}};
  };
  json out{{"periods", replay.periods.size()},
           {"governors", replay.governors},
           {"as_recorded", replay.as_recorded},
           {"writes", replay.writes},
           {"decisions", json::array()}};
  for (const record::ReplayedPeriod& period : replay.periods) {
    out["decisions"].push_back({{"period", period.decision.period},
                                {"rule", steer::name(period.decision.rule)},
                                {"measured_at", setting(period.view->measured_at)},
                                {"target", setting(period.decision.target)},
                                {"gbps", period.gbps},
                                {"regret", period.decision.regret},
                                {"as_recorded", period.as_recorded},
                                {"sentence", period.decision.sentence}});
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

int failed(const std::string& message) {
  fmt::print(stderr, "pagefare: {}\n", message);
  return kFailed;
}

int replay_one(const Options& options) {
  const auto text = read_text_file(options.record, record::kMaxRecordBytes);
  if (!text) return failed(text.error().message);
  const auto entries = record::read_lines(*text, options.record);
  if (!entries) return failed(entries.error().message);
  const record::Replay replay = record::replay(*entries, objective_of(options.objective));
  if (!options.plot.empty()) {
    std::ofstream out(options.plot);
    out << record::replay_plot(replay, options.record) << std::flush;
    if (!out) return failed(options.plot + ": cannot be written; is its directory there?");
  }
  fmt::print("{}", options.json ? json_text(replay)
                                : course_text(replay, options.explain) + summary_text(replay));
  return 0;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "replay", "Let the governor decide a recorded run once more (pagefare run --record FILE)");
  command->add_option("FILE", options->record, "The record")->required();
  command->add_option("--objective", options->objective, "Another one than the recorded")
      ->check(CLI::IsMember({"throughput", "thrift", "balanced"}));
  command->add_option("--plot", options->plot, "Write a picture of the run to this SVG file");
  command->add_flag("--json", options->json, "Print every period as JSON");
  command->add_flag("--explain", options->explain, "Print all numbers of decisions that change")
      ->excludes("--json");
  command->footer(
      "With the recorded objective the decisions are those of the run. With another they are what\n"
      "would have been decided on what was measured.\n\n"
      "Exit code: 0 done, 1 a file cannot be used, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = replay_one(*options); });
}

}  // namespace pagefare
