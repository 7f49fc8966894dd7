// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "controller/loop/steering.h"
#include "tests/support/fake_copy_engine.h"
#include "tests/support/fake_cpu_meter.h"

namespace pagefare::test {

/// One period of a task that moves huge folios, 512 per call, at so many GB/s, by an engine that
/// is called through the copy function: the caller sleeps while `workers` others copy.
inline Window copied(double gbps, steer::Setting setting) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto folios = static_cast<std::uint64_t>(gbps * 1e9) >> 21U;
  Window window;
  window.duration = Nanoseconds(kSecond);
  CallEntry call;
  call.calls = folios / 512;
  call.pages_migrated = Pages{folios * 512};
  window.calls = {call};
  FolioEntry moved;
  moved.owner = {.kind = Owner::Kind::kCgroup, .cgroup = CgroupId{7}};
  moved.order = 9;
  moved.folios = Folios{folios};
  moved.bytes = Bytes{folios << 21U};
  moved.elapsed = moved.content_elapsed = Nanoseconds(kSecond);
  moved.cpu = moved.content = Nanoseconds(kSecond / 2);
  window.folios = {moved};
  if (setting.engine == steer::Engine::kThreads) {
    WorkerEntry worker;
    worker.cpu = Nanoseconds(kSecond) * setting.workers;
    window.workers = {worker};
  }
  return window;
}

/// Steering between fakes, on a machine whose rate depends on the setting.
struct SteeringStage {
  explicit SteeringStage(SteerSettings settings, ViewRecord* record = nullptr)
      : steering(std::move(settings), engine, cpus, record) {
    engine.offer(8, 4);
  }

  void turn(const Window& window) {
    const Attribution attribution = attribute(window, ChargeRule::kRule);
    steering.turn({.window = window,
                   .attribution = attribution,
                   .layer = layer,
                   .page_size = 4096,
                   .unix_ns = 5});
  }
  void periods(int count) {
    for (int i = 0; i < count; ++i) {
      const steer::Setting active =
          engine.follows_knobs ? engine.state.knobs.active() : engine.state.active;
      turn(copied(rate(active), active));
    }
  }

  FakeCopyEngine engine;
  FakeCpuMeter cpus;
  Layer layer = Layer::kPrecise;
  std::function<double(steer::Setting)> rate = [](steer::Setting setting) {
    return setting.engine == steer::Engine::kThreads ? 5.0 * setting.workers : 5.0;
  };
  Steering steering;
};

}  // namespace pagefare::test
