// SPDX-License-Identifier: Apache-2.0
// CPU time of a whole period of steering between fakes: samples from a window of seventy callers
// and orders, the decision among 32 settings, the note of it. Reading and writing knobs is not in
// it.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "controller/core/simulate/dice.h"
#include "tests/support/steering_stage.h"
#include "tests/support/windows.h"

namespace pagefare::test {
namespace {

constexpr std::uint8_t kBatches = 7;
constexpr std::uint8_t kOrders = 10;
constexpr std::int64_t kCopyNs = 10'000'000;

/// A caller for each order and batch size, so that each is a class of its own.
Window many_classes(steer::Setting setting, simulate::Dice& dice) {
  const double rate = 10.0 * std::sqrt(1.0 + setting.workers);
  Window window;
  window.duration = std::chrono::seconds(1);
  for (std::uint8_t batch = 0; batch < kBatches; ++batch) {
    for (std::uint8_t order = 0; order < kOrders; ++order) {
      const double bytes = rate * static_cast<double>(kCopyNs) * std::exp(0.1 * dice.normal());
      const Initiator caller = task(1U + batch * 100U + order);
      FolioEntry entry =
          moved(caller, cgroup(7), static_cast<std::uint64_t>(bytes) >> (12U + order));
      entry.order = order;
      entry.bytes = Bytes{entry.folios.value << (12U + order)};
      entry.elapsed = entry.content_elapsed = Nanoseconds(kCopyNs);
      entry.cpu = entry.content = Nanoseconds(kCopyNs);
      window.folios.push_back(entry);
      CallEntry calls;
      calls.initiator = caller;
      calls.calls = std::max<std::uint64_t>(entry.folios.value >> batch, 1);
      calls.pages_migrated = Pages{entry.folios.value << order};
      window.calls.push_back(calls);
    }
  }
  return window;
}

void turn(benchmark::State& state) {
  SteerSettings settings;
  settings.mode = Mode::kEnforce;
  SteeringStage stage(settings);
  stage.engine.offer(1U << 15U, 1U << 14U);
  simulate::Dice dice(1);
  for (auto _ : state) {
    state.PauseTiming();
    const Window window = many_classes(stage.engine.state.knobs.active(), dice);
    const Attribution attribution = attribute(window, ChargeRule::kRule);
    state.ResumeTiming();
    stage.steering.turn({window, attribution, Layer::kPrecise, 4096, 5});
  }
  state.counters["classes"] = static_cast<double>(stage.steering.state().classes.size());
  state.counters["settings"] = static_cast<double>(stage.engine.state.offered.size());
}
BENCHMARK(turn)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pagefare::test
