// SPDX-License-Identifier: Apache-2.0
// CPU time of one decision: every class is active in every period, every setting may be used.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>

#include "controller/core/simulate/dice.h"
#include "controller/core/steer/governor.h"

namespace pagefare {
namespace {

using steer::Engine;
using steer::Setting;

/// `count` settings: half of them threads, half DMA channels, as far as powers of two go.
steer::SettingSpace space_of(std::int64_t count) {
  std::vector<Setting> settings;
  for (std::int64_t i = 1; i < count; ++i) {
    const auto shift = static_cast<std::uint32_t>((i - 1) / 2);
    settings.push_back({i % 2 == 0 ? Engine::kThreads : Engine::kDma, 1U << shift});
  }
  return steer::SettingSpace(settings);
}

steer::ClassSample sample_of(std::uint64_t index, double gbps) {
  steer::ClassSample sample;
  sample.copy_class = {4096ULL << (index % 10), 1ULL << (index / 10)};
  sample.bytes.value = 1'000'000'000;
  sample.copy = Nanoseconds(static_cast<std::int64_t>(1e9 / gbps));
  sample.move = sample.copy;
  sample.cpu = sample.copy;
  return sample;
}

void decide(benchmark::State& state) {
  steer::Governor governor(space_of(state.range(1)), steer::Wants{});
  simulate::Dice dice(1);
  steer::View view;
  for (auto _ : state) {
    state.PauseTiming();
    view.samples.clear();
    const double workers = 1.0 + view.measured_at.workers;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      const double gbps = 10.0 * std::sqrt(workers) * std::exp(0.1 * dice.normal());
      view.samples.push_back(sample_of(static_cast<std::uint64_t>(i), gbps));
    }
    state.ResumeTiming();
    const steer::Decision decision = governor.decide(view);
    view.knobs = decision.write;
    view.measured_at = decision.write.active();
    ++view.period;
  }
}
BENCHMARK(decide)->Args({1, 6})->Args({8, 12})->Args({64, 32})->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pagefare
