// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/core/snapshot.h"
#include "controller/core/window.h"
#include "controller/ports/result.h"

namespace pagefare {

/// What the kernel side says of itself.
struct SourceStatus {
  Layer layer = Layer::kNone;
  std::string layer_why;
  std::vector<ProgramStatus> programs;
  std::vector<MapStatus> maps;
  std::vector<std::string> warnings;
};

/// Reads the kernel's counters.
class EventSource {
 public:
  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  /// What happened since the last successful call. After an error nothing is lost: the next
  /// successful call covers the gap.
  virtual Result<Window> read() = 0;

  virtual SourceStatus status() = 0;

  /// These cgroups are gone: their counters may be dropped once read.
  virtual void forget(const std::vector<CgroupId>& ids) = 0;
};

}  // namespace pagefare
