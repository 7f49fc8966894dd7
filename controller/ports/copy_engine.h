// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "controller/core/knobs/state.h"
#include "controller/core/steer/restrain.h"
#include "controller/core/steer/setting.h"
#include "controller/ports/result.h"

namespace pagefare {

/// The machine's copy engines, through whatever generation of knobs is there.
class CopyEngine {
 public:
  CopyEngine() = default;
  CopyEngine(const CopyEngine&) = delete;
  CopyEngine& operator=(const CopyEngine&) = delete;
  virtual ~CopyEngine() = default;

  /// Looks at every knob. A knob that cannot be read is a row with an error and an alarm; the call
  /// fails only when nothing can be said at all.
  virtual Result<KnobState> read() = 0;

  /// Turns what differs from what was read last, in the order that is safe for the generation.
  /// Each write: original in the journal and on disk, then one write(2), then read back. Stops at
  /// the first failure; the error names the file, the value and, for EBUSY, the likely holder.
  /// Knobs that somebody else holds are not written. A step that steer::within_step() does not
  /// allow is an error and is not written. Precondition: read() succeeded before.
  virtual Result<void> turn(const steer::Knobs& to, steer::Haste haste) = 0;

  /// The same for the mask of reasons. Precondition: the last state has_reason_mask.
  virtual Result<void> admit(std::uint32_t reason_mask) = 0;
};

}  // namespace pagefare
