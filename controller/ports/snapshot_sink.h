// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/snapshot.h"

namespace pagefare {

class SnapshotSink {
 public:
  SnapshotSink() = default;
  SnapshotSink(const SnapshotSink&) = delete;
  SnapshotSink& operator=(const SnapshotSink&) = delete;
  virtual ~SnapshotSink() = default;

  virtual void publish(SnapshotPtr snapshot) = 0;
};

}  // namespace pagefare
