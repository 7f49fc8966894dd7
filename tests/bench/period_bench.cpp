// SPDX-License-Identifier: Apache-2.0
// CPU time of one period without the kernel: attribute, add, name, sort, publish. Every cgroup is
// active in every period: the worst that a host of that size can ask for.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "controller/loop/loop.h"
#include "tests/support/fake_cgroup_names.h"
#include "tests/support/fake_clock.h"
#include "tests/support/windows.h"

namespace pagefare {
namespace {

/// Ids as kernfs gives them: growing, with gaps.
std::uint64_t id_of(std::uint64_t index) {
  return 4'000 + index * 37;
}

/// As long as those of a Kubernetes node, and as alike at their start.
std::string path_of(std::uint64_t index) {
  return "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" +
         std::to_string(index * 2'654'435'761U) + ".slice/cri-containerd-" + std::to_string(index);
}

/// Per cgroup: a call and folios of its own, folios that kcompactd moved, and for every tenth
/// folios of its neighbour and worker time; in the order of a hash map, that is none.
Window busy_window(std::uint64_t cgroups) {
  using test::cgroup;
  using test::task;
  Window window;
  for (std::uint64_t index = 0; index < cgroups; ++index) {
    const std::uint64_t id = id_of(index);
    CallEntry& call = window.calls.emplace_back();
    call.initiator = task(id);
    call.reason = MigrateReason::kNumaMisplaced;
    call.calls = 1;
    call.pages_migrated = Pages{5};
    window.folios.push_back(test::moved(task(id), cgroup(id), 5, 20'000));
    window.folios.back().reason = MigrateReason::kNumaMisplaced;
    window.folios.back().source = NodeId{0};
    window.folios.back().destination = NodeId{1};
    window.folios.push_back(
        test::moved(test::thread(InitiatorKind::kKcompactd), cgroup(id), 7, 30'000));
    if (index % 10 == 0) {
      window.folios.push_back(
          test::moved(task(id), cgroup(id_of((index + 1) % cgroups)), 1, 5'000));
      window.workers.push_back(test::worked(task(id), cgroup(id), 9'000));
    }
  }
  std::mt19937 engine(1);
  std::shuffle(window.calls.begin(), window.calls.end(), engine);
  std::shuffle(window.folios.begin(), window.folios.end(), engine);
  std::shuffle(window.workers.begin(), window.workers.end(), engine);
  return window;
}

void name_all(test::FakeCgroupNames& names, std::uint64_t cgroups) {
  for (std::uint64_t index = 0; index < cgroups; ++index) {
    names.make(CgroupId{id_of(index)}, path_of(index));
  }
}

/// Gives copies that were made beforehand: reading is the edge's cost.
class PreparedSource : public EventSource {
 public:
  Result<Window> read() override { return std::move(next); }
  SourceStatus status() override { return {}; }
  void forget(const std::vector<CgroupId>& /*ids*/) override {}

  Window next;
};

/// Keeps the last one, as the daemon does: so the one before is freed.
class LastSink : public SnapshotSink {
 public:
  void publish(SnapshotPtr snapshot) override { last = std::move(snapshot); }

  SnapshotPtr last;
};

/// A whole turn() with every cgroup known already.
void steady_period(benchmark::State& state) {
  const auto cgroups = static_cast<std::uint64_t>(state.range(0));
  const Window window = busy_window(cgroups);
  PreparedSource source;
  test::FakeCgroupNames names;
  name_all(names, cgroups);
  test::FakeClock clock;
  LastSink sink;
  LoopSettings settings;
  settings.max_cgroups = cgroups;
  Loop loop(settings, source, names, clock, sink);
  source.next = window;
  loop.turn();
  while (state.KeepRunning()) {
    state.PauseTiming();
    source.next = window;
    state.ResumeTiming();
    loop.turn();
  }
}

/// The first turn(), in which every cgroup is new.
void first_period(benchmark::State& state) {
  const auto cgroups = static_cast<std::uint64_t>(state.range(0));
  const Window window = busy_window(cgroups);
  test::FakeCgroupNames names;
  name_all(names, cgroups);
  test::FakeClock clock;
  LoopSettings settings;
  settings.max_cgroups = cgroups;
  while (state.KeepRunning()) {
    state.PauseTiming();
    PreparedSource source;
    source.next = window;
    LastSink sink;
    {
      Loop loop(settings, source, names, clock, sink);
      state.ResumeTiming();
      loop.turn();
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
}

/// attribute() alone.
void attribution_alone(benchmark::State& state) {
  const Window window = busy_window(static_cast<std::uint64_t>(state.range(0)));
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(attribute(window, ChargeRule::kRule));
  }
}

/// Ledger::add() alone, every account known already.
void adding_alone(benchmark::State& state) {
  const Window window = busy_window(static_cast<std::uint64_t>(state.range(0)));
  const Attribution attribution = attribute(window, ChargeRule::kRule);
  Ledger ledger(static_cast<std::size_t>(state.range(0)), Nanoseconds{0});
  while (state.KeepRunning()) {
    ledger.add(window, attribution, {});
  }
}

BENCHMARK(steady_period)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(first_period)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(attribution_alone)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(adding_alone)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pagefare
