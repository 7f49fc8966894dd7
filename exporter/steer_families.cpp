// SPDX-License-Identifier: Apache-2.0
#include "exporter/steer_families.h"

namespace pagefare {
namespace {

using steer::Engine;

void add_setting(FamilySet& set, Metric metric, steer::Setting setting) {
  for (const Engine engine : {Engine::kThreads, Engine::kDma}) {
    const std::uint64_t workers = setting.engine == engine ? setting.workers : 0;
    set.add(metric, workers, {name(engine)});
  }
}

}  // namespace

void add_steer_families(FamilySet& set, const steer::SteerState& state) {
  add_setting(set, Metric::kSteerWorkers, state.active);
  add_setting(set, Metric::kSteerTargetWorkers, state.target);
  set.add(Metric::kSteerDeciding, state.deciding ? 1.0 : 0.0);
  for (std::size_t rule = 0; rule < state.counts.size(); ++rule) {
    for (std::size_t outcome = 0; outcome < state.counts[rule].size(); ++outcome) {
      // Hold and idle are nearly all; a pair that never was need not be a series.
      if (const std::uint64_t count = state.counts[rule][outcome]; count > 0 || rule == 0) {
        set.add(Metric::kSteerDecisions, count,
                {name(static_cast<steer::Rule>(rule)), name(static_cast<steer::Outcome>(outcome))});
      }
    }
  }
  set.add(Metric::kSteerHeldPeriods, state.held_periods);
  set.add(Metric::kSteerRegret, state.regret);
  set.add(Metric::kSteerLost, state.lost);
  set.add(Metric::kSteerCpusAvailable, state.cpu.available);
  set.add(Metric::kSteerMaskWrites, state.reasons.writes, {"written"});
  set.add(Metric::kSteerMaskWrites, state.reasons.would, {"would"});
}

}  // namespace pagefare
