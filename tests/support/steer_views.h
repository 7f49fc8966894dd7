// SPDX-License-Identifier: Apache-2.0
// Views and small machines for tests of the governor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "controller/core/steer/governor.h"

namespace pagefare::test {

using steer::Engine;
using steer::Setting;

inline constexpr steer::CopyClass kHuge{2 << 20, 512};

inline steer::ClassSample sample(double gbps, steer::CopyClass copy_class = kHuge) {
  steer::ClassSample one;
  one.copy_class = copy_class;
  one.bytes.value = static_cast<std::uint64_t>(gbps * 1e9);
  one.copy = Nanoseconds(1'000'000'000);
  one.move = one.copy;
  one.cpu = one.copy;
  return one;
}

inline steer::SettingSpace threads_and_channels(std::uint32_t threads, std::uint32_t channels) {
  std::vector<Setting> settings;
  for (std::uint32_t n = 1; n <= threads; n *= 2) {
    settings.push_back({Engine::kThreads, n});
  }
  for (std::uint32_t n = 1; n <= channels; n *= 2) {
    settings.push_back({Engine::kDma, n});
  }
  return steer::SettingSpace(settings);
}

/// A governor and the machine it steers: what it writes is in force in the next period.
struct Steered {
  steer::Governor governor;
  std::function<double(Setting)> rate;  ///< GB/s
  steer::View view{};
  steer::Decision last{};

  void period() {
    view.measured_at = view.knobs.active();
    view.samples = {sample(rate(view.measured_at))};
    view.samples[0].cpu *= std::max(1U, view.measured_at.workers);
    last = governor.decide(view);
    view.knobs = last.write;
    ++view.period;
  }
  void periods(int count) {
    for (int i = 0; i < count; ++i) {
      period();
    }
  }
  Setting active() const { return view.knobs.active(); }
};

/// Rates that grow with the number of workers.
inline double scaling(Setting setting) {
  return setting.engine == Engine::kKernel ? 5.0 : 5.0 * setting.workers;
}

}  // namespace pagefare::test
