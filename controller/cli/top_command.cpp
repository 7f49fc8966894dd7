// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "controller/cli/commands.h"
#include "controller/cli/status_source.h"
#include "controller/cli/top_screen.h"
#include "exporter/status_parse.h"
#include "exporter/top_table.h"

namespace pagefare {

namespace {

struct Options {
  std::string url = kDefaultUrl;
  bool once = false;
  bool json = false;
  double interval_s = 1.0;
  TopOrder order;
};

int report(const Error& error) {
  fmt::print(stderr, "pagefare: {}\n", error.message);
  return kFailed;
}

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t kWithoutTerminal = 120;
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kWithoutTerminal;
}

int show_once(StatusSource& source, const Options& options) {
  const auto text = source.fetch();
  if (!text) return report(text.error());
  if (options.json) {
    fmt::print("{}\n", *text);
    return 0;
  }
  const auto status = parse_status(*text);
  if (!status) return report(status.error());
  TopTable table = top_sums(*status);
  sort(table, options.order);
  const TopLines lines = format(table, options.order, terminal_width());
  fmt::print("pagefare {}: {} layer, {:.2f} % charged, since the start of the daemon\n\n{}\n",
             status->version, status->layer, status->completeness_ppm / 10'000.0, lines.heading);
  for (const std::string& row : lines.rows) fmt::print("{}\n", row);
  fmt::print("{}\n{}\n", lines.unattributed, lines.measured);
  return 0;
}

int show(const Options& options) {
  const auto source = open_status_source(options.url);
  if (!source) return report(source.error());
  if (options.once || options.json) return show_once(**source, options);
  const auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(options.interval_s));
  const auto shown = run_top_screen([&] { return (*source)->fetch(); },
                                    {.interval = interval, .order = options.order}, {});
  return shown ? 0 : report(shown.error());
}

}  // namespace

void add_top(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("top", "Live table of who causes, owns and pays");
  command->add_option("--url", options->url, "Where the daemon serves")
      ->envname("PAGEFARE_URL")
      ->capture_default_str();
  command->add_flag("--once", options->once, "Print the sums since the daemon's start and end");
  command->add_flag("--json", options->json, "Print the same as JSON and end");
  command->add_option("--interval", options->interval_s, "Seconds between two readings")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command->add_option("--sort", options->order.column, "bytes, cpu, outside or name")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, TopColumn>{{"bytes", TopColumn::kBytes},
                                                                   {"cpu", TopColumn::kCpu},
                                                                   {"outside", TopColumn::kOutside},
                                                                   {"name", TopColumn::kName}},
                                  CLI::ignore_case))
      ->option_text("COLUMN");
  command->add_option("--view", options->order.view, "charged, initiator or owner")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, CostView>{{"charged", CostView::kCharged},
                                          {"initiator", CostView::kInitiator},
                                          {"owner", CostView::kOwner}},
          CLI::ignore_case))
      ->option_text("VIEW");
  command->footer(
      "Asks the running daemon; where none answers, it loads BPF programs of its own (root).\n"
      "Keys: b bytes, c CPU, o outside quota, n name, v next view, r reverse, h help, q quit.\n\n"
      "Exit code: 0 ended by the user, 1 nothing can be shown, 2 wrong options.");
  command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace pagefare
