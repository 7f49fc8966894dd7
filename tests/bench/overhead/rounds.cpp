// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/overhead/rounds.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <random>
#include <thread>

#include "controller/demo/kernel_counters.h"

namespace pagefare::bench {
namespace {

/// Attaching and detaching end in the kernel's background.
constexpr std::chrono::milliseconds kSettle{50};

Result<Visit> visit(const Variant& variant, const Load& load) {
  std::unique_ptr<Watcher> watcher;
  if (variant.start) {
    auto started = variant.start();
    if (!started) return tl::make_unexpected(started.error());
    watcher = std::move(*started);
  }
  std::this_thread::sleep_for(kSettle);
  const auto before = demo::migrated_pages();
  const auto work = load.run();
  const auto after = demo::migrated_pages();
  if (!work) return tl::make_unexpected(work.error());
  if (!before) return tl::make_unexpected(before.error());
  if (!after) return tl::make_unexpected(after.error());
  const auto units = static_cast<double>(work->units);
  Visit visit{.ns_per_unit = static_cast<double>(work->cpu.count()) / units};
  if (watcher) {
    const auto watched = watcher->stop();
    if (!watched) return tl::make_unexpected(watched.error());
    const Pages pages = *after - *before;
    if (pages.value != 0) {
      visit.seen = static_cast<double>(watched->pages.value) / static_cast<double>(pages.value);
    }
    visit.consumer_ns_per_unit = static_cast<double>(watched->consumer_cpu.count()) / units;
  }
  return visit;
}

/// A compaction gives up early when others write many files at that moment, and a tool can hang at
/// its end: then the visit counts for nothing and is made again.
constexpr int kMostFailures = 20;

Result<Visit> visit_until_done(const Variant& variant, const Load& load, int& failures) {
  for (;;) {
    auto visited = visit(variant, load);
    if (visited || ++failures > kMostFailures) return visited;
    fmt::print(stderr, "{}: {}; once more\n", variant.name, visited.error().message);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace

Result<Visits> run_rounds(const std::vector<Variant>& variants, const Load& load,
                          const RoundSettings& settings) {
  // The first run finds memory as others left it; nothing is compared with that.
  int failures = 0;
  const Variant nobody{.name = kNone, .what = {}, .start = nullptr, .missing = {}};
  const auto warm = visit_until_done(nobody, load, failures);
  if (!warm) return fail(load.name, warm.error());
  std::mt19937_64 engine(settings.seed);
  std::vector<std::size_t> order(variants.size());
  std::iota(order.begin(), order.end(), 0);
  Visits visits;
  for (int round = 0; round < settings.rounds; ++round) {
    std::shuffle(order.begin(), order.end(), engine);
    for (const std::size_t index : order) {
      const Variant& variant = variants[index];
      const auto visited = visit_until_done(variant, load, failures);
      if (!visited) return fail(variant.name, visited.error());
      visits[variant.name].push_back(*visited);
    }
    if (settings.quiet) continue;
    fmt::print(stderr, "round {}/{}\r", round + 1, settings.rounds);
    std::fflush(stderr);
  }
  if (!settings.quiet) fmt::print(stderr, "\n");
  return visits;
}

}  // namespace pagefare::bench
