// SPDX-License-Identifier: Apache-2.0
// What is done about a tenant, and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controller/core/fair/amounts.h"
#include "controller/core/fair/budget.h"
#include "controller/core/quantity.h"

namespace pagefare::fair {

/// How far the escalation is. Each step keeps what the steps before it do.
enum class Stage : std::uint8_t { kUnder, kLimit, kRepay, kGate };
inline constexpr std::size_t kStages = 4;
/// "under", "limit", "repay", "gate": a metric label.
std::string_view name(Stage stage);

/// A short fixed list: it is a metric label.
enum class Rule : std::uint8_t {
  kWithin,       ///< uses no more than it may
  kShare,        ///< over its share, while others want theirs
  kCap,          ///< over its own budget, whatever the others want
  kBurst,        ///< over its share, out of what it saved up
  kPatience,     ///< over, and the present step has not had its time yet
  kDwell,        ///< no longer over, and the present step is kept a little longer
  kRelease,      ///< one step back
  kNoAction,     ///< over, and its budget lists no action that is left
  kProtected,    ///< over, and it is, holds or lies in a protected cgroup
  kIncomplete,   ///< over, and too much of the period's cost is charged to nobody
  kTheirs,       ///< over, and somebody else writes what the next step would write
  kUnavailable,  ///< over, and this machine lacks what the next step needs
};
inline constexpr std::size_t kRules = 12;
std::string_view name(Rule rule);

/// Said once when a tenant's stage, or the rule it is judged by, changes.
struct Verdict {
  std::uint64_t id = 0;  ///< counts up from 1
  std::uint64_t period = 0;
  std::int64_t unix_ns = 0;
  std::string path;  ///< of the tenant
  Rule rule{};
  Stage from{};
  Stage to{};
  /// In advise: what would have been done; nothing was.
  bool would_have = false;
  std::string sentence;  ///< with the numbers
};

/// The manners of the escalation.
struct Steps {
  std::uint32_t patience_periods = 2;   ///< over in so many periods before the next step
  Nanoseconds dwell{};                  ///< Policy::dwell
  std::uint32_t over_ppm = 1'050'000;   ///< of what it may use: above is over
  std::uint32_t under_ppm = 1'010'000;  ///< below is under; between them nothing changes
};

}  // namespace pagefare::fair
