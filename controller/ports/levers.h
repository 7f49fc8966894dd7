// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "controller/core/fair/restraint.h"
#include "controller/ports/result.h"

namespace pagefare {

/// What can be done about cgroups that are over their budget. Called by the loop's thread only, and
/// only in mode enforce.
class Levers {
 public:
  Levers() = default;
  Levers(const Levers&) = delete;
  Levers& operator=(const Levers&) = delete;
  virtual ~Levers() = default;

  /// Makes the machine as told; see Restraints. Idempotent; called once per period, also with an
  /// empty list. A lever that fails for one cgroup is an outcome in the report and does not stop
  /// the others; the call fails only when nothing can be said at all, and then the levers are in
  /// whatever state they can still vouch for (journaled, undone on exit).
  /// Every write: original in the journal and on disk, then the write, then read back.
  virtual Result<fair::LeverReport> apply(const fair::Restraints& restraints) = 0;

  /// Calls refused and let through by the gates since this was asked last; gate_* of the counts
  /// only.
  virtual std::vector<fair::LeverCounts> gate_counts() = 0;

  /// Puts everything back as found. Called when fairness stops: mode or policy changed, attribution
  /// incomplete for long, shutdown. Tries all of it even when a part fails; the error lists those.
  virtual Result<void> release_all() = 0;

  /// One per lever, in the order of Action. Cheap: may be called every period; also before apply().
  virtual std::vector<fair::LeverReach> reach() = 0;
};

}  // namespace pagefare
