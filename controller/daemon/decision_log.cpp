// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/decision_log.h"

#include <spdlog/spdlog.h>

namespace pagefare {

void DecisionLog::say(const HeldSnapshot& held) {
  if (held.snapshot == nullptr) return;
  for (const steer::NotedDecisionPtr& noted : held.snapshot->steer.decisions) {
    const steer::Decision& decision = noted->decision;
    if (decision.id <= said_) continue;
    said_ = decision.id;
    const bool failed = noted->outcome == steer::Outcome::kFailed;
    spdlog::log(failed ? spdlog::level::warn : spdlog::level::info, "decision {} ({}, {}): {}{}{}",
                decision.id, name(decision.rule), name(noted->outcome), decision.sentence,
                failed ? ": " : "", noted->error);
  }
}

}  // namespace pagefare
