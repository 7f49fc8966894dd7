// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/fair/memory.h"
#include "controller/ports/result.h"

namespace pagefare {

/// What fairness remembers from one run to the next.
class FairMemory {
 public:
  FairMemory() = default;
  FairMemory(const FairMemory&) = delete;
  FairMemory& operator=(const FairMemory&) = delete;
  virtual ~FairMemory() = default;

  /// Empty when there is none yet. The error says what was wrong with it and where it was put: it
  /// is never read again, so that whoever gets the error starts afresh.
  virtual Result<fair::Memory> load() = 0;

  /// Replaces what is kept, as a whole or not at all.
  virtual Result<void> save(const fair::Memory& memory) = 0;
};

}  // namespace pagefare
