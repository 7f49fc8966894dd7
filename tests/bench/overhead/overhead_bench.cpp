// SPDX-License-Identifier: Apache-2.0
// What watching page migration costs the one who migrates: pagefare, an alternative design, and
// the tools at hand, interleaved and compared round by round. See docs/overhead.md.
#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

#include "controller/edge/bpf/libbpf_log.h"
#include "tests/bench/overhead/report.h"
#include "tests/bench/overhead/rounds.h"

namespace pagefare::bench {
namespace {

constexpr std::uint64_t kMebibyte = 1ULL << 20;

struct Options {
  RoundSettings rounds;
  std::string load = "compaction";
  std::vector<std::string> variants;
  std::uint64_t pages = 40'000;
  std::uint64_t holes_mebibytes = 768;
  int owners = 1;
  std::uint64_t switches = 100'000;
  bool program_times = false;
  std::string json;
};

void describe(CLI::App& app, Options& options) {
  app.add_option("--load", options.load, "what is watched")
      ->check(CLI::IsMember({"compaction", "switches", "switches-migrated"}))
      ->capture_default_str();
  app.add_option("--variants", options.variants, "only these, by name; default: all")
      ->delimiter(',');
  app.add_option("--rounds", options.rounds.rounds, "visits of each variant")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.rounds.seed, "of the order of visits")->capture_default_str();
  app.add_option("--pages", options.pages, "pages to migrate in each visit")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--holes", options.holes_mebibytes, "MiB of memory to punch holes into")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--owners", options.owners,
                 "cgroups that own the memory; 1: this process alone, which also compacts")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--switches", options.switches, "context switches in each visit")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--program-times", options.program_times,
               "afterwards let the kernel time each BPF program");
  app.add_option("--json", options.json, "also write everything to this file, - for the output");
  app.add_flag("--quiet", options.rounds.quiet, "no progress on the terminal");
}

Result<Load> make_load(const Options& options) {
  if (options.load == "compaction") {
    const Bytes holes{options.holes_mebibytes * kMebibyte};
    return options.owners == 1 ? compaction_load(options.pages, holes)
                               : shared_compaction_load(options.pages, holes, options.owners);
  }
  return switch_load(options.switches, options.load == "switches-migrated");
}

Result<std::vector<Variant>> choose_variants(const std::vector<std::string>& names) {
  std::vector<Variant> all = all_variants();
  if (names.empty()) return all;
  std::vector<Variant> chosen;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(all, name, &Variant::name);
    if (found == all.end()) return fail("--variants: there is no variant " + name);
    chosen.push_back(*found);
  }
  return chosen;
}

std::vector<Variant> present(const std::vector<Variant>& variants) {
  std::vector<Variant> here;
  std::ranges::copy_if(variants, std::back_inserter(here),
                       [](const Variant& variant) { return variant.missing.empty(); });
  return here;
}

std::string machine_text() {
  utsname name{};
  ::uname(&name);
  double load = 0;
  ::getloadavg(&load, 1);
  return fmt::format("Linux {} {}, {} CPUs, {} B pages, load average {:.1f} at start", name.release,
                     name.machine, std::thread::hardware_concurrency(), ::sysconf(_SC_PAGESIZE),
                     load);
}

std::vector<std::string> notes_of(std::size_t links) {
  if (links == 0) return {};
  return {
      fmt::format("note: {} BPF tracing links of others were attached at start; "
                  "they are part of every row",
                  links)};
}

Result<void> write_json(const std::string& path, const std::string& json) {
  if (path == "-") {
    fmt::print("{}", json);
    return {};
  }
  std::ofstream file(path);
  file << json;
  file.close();
  if (!file) return fail("cannot write " + path);
  return {};
}

Result<void> measure(const Options& options) {
  capture_libbpf_log();
  const auto variants = choose_variants(options.variants);
  if (!variants) return tl::make_unexpected(variants.error());
  const auto load = make_load(options);
  if (!load) return tl::make_unexpected(load.error());
  const std::string machine = machine_text();
  const std::vector<std::string> notes = notes_of(tracing_links());
  const auto visits = run_rounds(present(*variants), *load, options.rounds);
  if (!visits) return tl::make_unexpected(visits.error());
  Report report = make_report(*load, *variants, *visits);
  report.machine = machine;
  report.notes = notes;
  if (options.program_times) {
    auto times = measure_programs(present(*variants), *load);
    if (!times) return tl::make_unexpected(times.error());
    report.programs = std::move(*times);
  }
  if (options.json != "-") fmt::print("{}", report_text(report));
  if (options.json.empty()) return {};
  return write_json(options.json, report_json(report, *visits));
}

int run(int argc, char** argv) {
  CLI::App app("Measures what watching page migration costs. Needs root.", "bench_overhead");
  Options options;
  describe(app, options);
  CLI11_PARSE(app, argc, argv);
  if (::geteuid() != 0) {
    fmt::print(stderr, "bench_overhead: needs root, to load BPF programs and to compact memory\n");
    return 1;
  }
  if (const auto measured = measure(options); !measured) {
    fmt::print(stderr, "bench_overhead: {}\n", measured.error().message);
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace pagefare::bench

int main(int argc, char** argv) {
  try {
    return pagefare::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    return 1;
  }
}
