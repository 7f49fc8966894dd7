// SPDX-License-Identifier: Apache-2.0
// The governor once more over a recorded run.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "controller/core/steer/decision.h"
#include "controller/edge/record/view_lines.h"

namespace pagefare::record {

struct ReplayedPeriod {
  const steer::View* view = nullptr;  ///< in the entries
  steer::Decision decision;
  bool as_recorded = false;  ///< rule, target and knobs are those of the run
  double gbps = 0.0;         ///< measured; 0 when nothing was copied
};

struct Replay {
  std::vector<ReplayedPeriod> periods;
  std::uint64_t governors = 0;
  std::uint64_t as_recorded = 0;
  std::uint64_t writes = 0;  ///< periods in which a knob would be written
};

/// With the recorded objective the decisions are those of the run. With another one they are what
/// would have been decided on the same views; what would have been measured then nobody knows. The
/// entries must outlive the result.
Replay replay(const std::vector<Entry>& entries, std::optional<steer::Objective> objective);

}  // namespace pagefare::record
