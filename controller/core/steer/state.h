// SPDX-License-Identifier: Apache-2.0
// What is shown of steering: the setting in force, what was decided lately and what became of it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/steer/decision.h"
#include "controller/core/steer/samples.h"
#include "controller/core/steer/setting.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

/// What became of a decision.
enum class Outcome : std::uint8_t {
  kNothingDue,  ///< the knobs are as it wants them
  kWould,       ///< mode advise: a knob would have been written
  kWritten,     ///< knobs were written and read back
  kRefused,     ///< somebody else holds the knob, or a write failed a short while ago
  kFailed,      ///< a write failed; the error says how
};
inline constexpr int kOutcomes = 5;
/// "nothing_due", "would", "written", "refused", "failed": label values of a metric.
std::string_view name(Outcome outcome);

struct NotedDecision {
  Decision decision;
  Outcome outcome = Outcome::kNothingDue;
  std::string error;  ///< of kFailed
  std::int64_t unix_ns = 0;
};
using NotedDecisionPtr = std::shared_ptr<const NotedDecision>;

/// One class of the present mix at the present setting.
struct ClassShown {
  ClassSample sample;     ///< as measured in the last period
  Setting own_best;       ///< by what is predicted
  double own_loss = 0.0;  ///< share of its own best that the common setting costs it
};

struct ReasonsShown {
  bool steered = false;  ///< a policy is configured and an engine has a mask
  std::uint32_t admitted = 0;
  std::uint64_t writes = 0;
  std::uint64_t would = 0;
  std::vector<std::string> refused;  ///< one sentence per reason left out
  std::string error;                 ///< of the last write, empty when it went well
};

using OutcomeCounts = std::array<std::uint64_t, kOutcomes>;

struct SteerState {
  bool deciding = false;  ///< a governor decided in the last period
  std::string why_not;    ///< one sentence when it did not
  Objective objective = Objective::kThroughput;
  Timing timing = Timing::kWholeCall;
  std::vector<Setting> offered;  ///< the unmodified kernel included; empty without an engine
  Setting active;
  Setting target;
  Knobs knobs;
  CpuState cpu;
  std::array<OutcomeCounts, kRules> counts{};  ///< since the start, by rule
  std::uint64_t held_periods = 0;              ///< periods without a decision, by why_not
  double regret = 0.0;  ///< estimated share of the best known throughput lost now
  Nanoseconds lost{};   ///< the same since the start, as time of copying
  std::vector<ClassShown> classes;
  std::vector<NotedDecisionPtr> decisions;  ///< oldest first; only those that say something new
  ReasonsShown reasons;
};

/// Whether `later` says something that `earlier` did not.
bool says_more(const NotedDecision& earlier, const NotedDecision& later);

}  // namespace pagefare::steer
