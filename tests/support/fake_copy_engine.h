// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "controller/ports/copy_engine.h"

namespace pagefare::test {

/// An engine whose knobs are values; tests turn them by hand as a person would.
class FakeCopyEngine : public CopyEngine {
 public:
  Result<KnobState> read() override {
    if (!read_error.empty()) return fail(read_error);
    if (follows_knobs) state.active = state.knobs.active();
    return state;
  }
  Result<void> turn(const steer::Knobs& to, steer::Haste) override {
    if (!write_error.empty()) return fail(write_error);
    state.knobs = to;
    turned.push_back(to);
    return {};
  }
  Result<void> admit(std::uint32_t reason_mask) override {
    if (!write_error.empty()) return fail(write_error);
    state.reason_mask = reason_mask;
    admitted.push_back(reason_mask);
    return {};
  }

  /// Offers threads 1, 2, 4, ... `threads` and as many channels, beside the unmodified kernel.
  void offer(std::uint32_t threads, std::uint32_t channels) {
    state.offered = {steer::kUnmodified};
    for (std::uint32_t n = 1; n <= threads; n *= 2) {
      state.offered.push_back({steer::Engine::kThreads, n});
    }
    for (std::uint32_t n = 1; n <= channels; n *= 2) {
      state.offered.push_back({steer::Engine::kDma, n});
    }
  }

  KnobState state;
  bool follows_knobs = true;  ///< what copies is what the knobs say
  std::string read_error;
  std::string write_error;
  std::vector<steer::Knobs> turned;
  std::vector<std::uint32_t> admitted;
};

}  // namespace pagefare::test
