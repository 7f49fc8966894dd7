// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "controller/core/quantity.h"
#include "controller/edge/file_descriptor.h"
#include "controller/ports/result.h"

namespace pagefare {

enum class Wake : std::uint8_t { kPeriod, kReload, kStop };

/// What the daemon waits for: the next period, SIGHUP, or SIGTERM and SIGINT.
class Signals {
 public:
  /// Blocks the signals for this thread and those it starts from here on. Call before the first
  /// one.
  static Result<Signals> open(Nanoseconds period);

  Wake wait();
  Result<void> set_period(Nanoseconds period);

 private:
  Signals(FileDescriptor signals, FileDescriptor timer)
      : signals_(std::move(signals)), timer_(std::move(timer)) {}

  FileDescriptor signals_;
  FileDescriptor timer_;
};

}  // namespace pagefare
