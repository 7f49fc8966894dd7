// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/state.h"

namespace pagefare::steer {

std::string_view name(Outcome outcome) {
  constexpr std::array<std::string_view, kOutcomes> kNames{"nothing_due", "would", "written",
                                                           "refused", "failed"};
  return kNames[static_cast<std::size_t>(outcome)];
}

namespace {

/// Staying, for whatever reason: a load that comes and goes is no news.
bool stays(Rule rule) {
  return rule == Rule::kHold || rule == Rule::kIdle || rule == Rule::kFloor;
}

}  // namespace

bool says_more(const NotedDecision& earlier, const NotedDecision& later) {
  const bool acted = later.outcome == Outcome::kWritten || later.outcome == Outcome::kFailed;
  const bool both_stay = stays(earlier.decision.rule) && stays(later.decision.rule);
  const bool other_course = (earlier.decision.rule != later.decision.rule && !both_stay) ||
                            earlier.decision.target != later.decision.target;
  return acted || other_course || earlier.outcome != later.outcome;
}

}  // namespace pagefare::steer
