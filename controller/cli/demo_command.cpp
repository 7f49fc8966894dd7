// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/demo_command.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction() is POSIX

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

#include "controller/demo/demo.h"

namespace pagefare {
namespace {

constexpr const char* kHelp =
    "Make real page migrations whose owners and initiators are known beforehand.\n\n"
    "Three cgroups of unequal size fragment their memory, a fourth compacts it. On several nodes\n"
    "a fifth moves their pages too, and they move their own: with move_pages, mbind, "
    "migrate_pages\n"
    "and cpuset.mems. At the end it says how much of whose memory moved at whose request, counted\n"
    "by physical frame and by node, without tracing. Uses at most 40 % of the available memory;\n"
    "leaves no process, cgroup or setting behind, also when interrupted. Needs root.\n\n"
    "Exit code: 0 done or interrupted, 1 failed, 2 wrong usage.";

constexpr int kLongestSeconds = 86'400;

struct DemoOptions {
  int seconds = 10;
  bool json = false;
  bool quiet = false;
  std::string cgroup_prefix = demo::DemoSettings{}.cgroup_prefix;
};

std::atomic<bool> stop_requested{false};  // a signal handler has nothing else to write to
static_assert(std::atomic<bool>::is_always_lock_free);

void request_stop(int /*signal*/) {
  stop_requested.store(true);
}

constexpr std::array kStopSignals{SIGINT, SIGTERM, SIGHUP};

/// While it lives, what would end the program ends the demo instead.
class StopSignals {
 public:
  StopSignals() {
    stop_requested.store(false);
    struct sigaction action{};
    action.sa_handler = request_stop;
    for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
      ::sigaction(kStopSignals.at(i), &action, &before_.at(i));
    }
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() {
    for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
      ::sigaction(kStopSignals.at(i), &before_.at(i), nullptr);
    }
  }

 private:
  std::array<struct sigaction, kStopSignals.size()> before_{};
};

std::string check_prefix(const std::string& prefix) {
  const bool fit =
      !prefix.empty() && prefix.front() != '.' && prefix.find('/') == std::string::npos;
  return fit ? "" : "must be one path component that does not begin with a dot";
}

int run(const DemoOptions& options) {
  const StopSignals signals;
  demo::DemoSettings settings;
  settings.duration = std::chrono::seconds(options.seconds);
  settings.cgroup_prefix = options.cgroup_prefix;
  settings.stop = &stop_requested;
  if (!options.quiet) {
    settings.progress = [](const std::string& line) {
      std::fputs(("demo: " + line + "\n").c_str(), stderr);
    };
  }
  const auto report = demo::run_demo(settings);
  if (!report) {
    std::fputs(("pagefare demo: " + report.error().message + "\n").c_str(), stderr);
    return 1;
  }
  std::fputs((options.json ? demo::to_json(*report) : demo::to_text(*report)).c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace

void add_demo(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<DemoOptions>();
  CLI::App* const command = app.add_subcommand("demo", kHelp);
  command->add_option("--seconds", options->seconds, "How long the load runs")
      ->check(CLI::Range(1, kLongestSeconds))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Report as one JSON object on standard output");
  command->add_flag("-q,--quiet", options->quiet, "No progress lines on standard error");
  command
      ->add_option("--cgroup-prefix", options->cgroup_prefix,
                   "Name of the cgroup that holds the demo's")
      ->check(check_prefix, "NAME")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace pagefare
