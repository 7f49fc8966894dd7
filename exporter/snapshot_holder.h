// SPDX-License-Identifier: Apache-2.0
// Where the loop puts its snapshot and everything that shows something takes it from.
#pragma once

#include <mutex>
#include <utility>

#include "controller/ports/clock.h"
#include "controller/ports/snapshot_sink.h"

namespace pagefare {

struct HeldSnapshot {
  SnapshotPtr snapshot;  ///< null until the first one
  Nanoseconds age{};     ///< since it was published; without one, since the holder was made
};

/// Safe for any number of threads, provided that `clock` is.
class SnapshotHolder : public SnapshotSink {
 public:
  /// `clock` must outlive the holder.
  explicit SnapshotHolder(Clock& clock) : clock_(clock), since_(clock.monotonic()) {}

  void publish(SnapshotPtr snapshot) override {
    const Nanoseconds now = clock_.monotonic();
    {
      const std::scoped_lock lock(mutex_);
      snapshot_.swap(snapshot);
      since_ = now;
    }
    // The former snapshot, if nobody else reads it, dies here, outside the lock.
  }

  HeldSnapshot current() const {
    const Nanoseconds now = clock_.monotonic();
    const std::scoped_lock lock(mutex_);
    return {snapshot_, now > since_ ? now - since_ : Nanoseconds{}};
  }

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  SnapshotPtr snapshot_;
  Nanoseconds since_;
};

}  // namespace pagefare
