// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/record/replay.h"

#include "controller/core/steer/governor.h"

namespace pagefare::record {

namespace {

/// Bytes per nanosecond are GB per second.
double measured_gbps(const steer::View& view) {
  Bytes bytes;
  Nanoseconds copying{};
  for (const steer::ClassSample& sample : view.samples) {
    if (sample.copy > Nanoseconds::zero()) {
      bytes += sample.bytes;
      copying += sample.copy;
    }
  }
  return copying > Nanoseconds::zero()
             ? static_cast<double>(bytes.value) / static_cast<double>(copying.count())
             : 0.0;
}

steer::Governor governor_of(const GovernorTerms& terms, std::optional<steer::Objective> objective) {
  steer::Wants wants = terms.wants;
  wants.objective = objective.value_or(wants.objective);
  steer::Governor governor(steer::SettingSpace(terms.offered), wants);
  governor.learn_prior(terms.prior, terms.prior_source);
  return governor;
}

}  // namespace

Replay replay(const std::vector<Entry>& entries, std::optional<steer::Objective> objective) {
  Replay replay;
  std::optional<steer::Governor> governor;
  for (const Entry& entry : entries) {
    if (const auto* const terms = std::get_if<GovernorTerms>(&entry)) {
      governor = governor_of(*terms, objective);
      ++replay.governors;
      continue;
    }
    const auto& seen = std::get<Seen>(entry);
    if (!governor) {
      continue;  // read_lines() refuses such a record
    }
    ReplayedPeriod period;
    period.view = &seen.view;
    period.decision = governor->decide(seen.view);
    period.as_recorded = decided(period.decision) == seen.decided;
    period.gbps = measured_gbps(seen.view);
    replay.as_recorded += period.as_recorded ? 1U : 0U;
    replay.writes += period.decision.write == seen.view.knobs ? 0U : 1U;
    replay.periods.push_back(std::move(period));
  }
  return replay;
}

}  // namespace pagefare::record
