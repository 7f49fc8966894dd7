// SPDX-License-Identifier: Apache-2.0
// What was decided in a period, why, on which numbers, and what was decided against.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/steer/restrain.h"
#include "controller/core/steer/setting.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

/// A short fixed list: it is a metric label.
enum class Rule : std::uint8_t {
  kHold,      ///< nothing better is in sight
  kIdle,      ///< nothing was copied
  kFloor,     ///< copying is not what these migrations cost
  kExplore,   ///< try a setting, because knowing it is worth more than it costs
  kImprove,   ///< go to what is believed to be best
  kThrift,    ///< go to fewer CPUs, the throughput given up is within what is allowed
  kPressure,  ///< fewer workers: the CPUs are wanted by others
  kRecover,   ///< CPUs are idle again
  kGuard,     ///< the unmodified kernel is better than all that may be used
  kHeld,      ///< somebody else holds the knob that would have to be turned
};
inline constexpr int kRules = 10;
std::string_view name(Rule rule);

/// A setting that was looked at.
struct Considered {
  Setting setting;
  double gbps = 0.0;  ///< predicted for the present mix
  double uncertainty =
      0.0;  ///< of its ratio to the chosen one, as a share (one standard deviation)
  double cpu_s_per_gb = 0.0;  ///< predicted
  double samples = 0.0;       ///< measured periods behind it, of the class measured least
  std::string_view verdict;   ///< why not, in a few words; "chosen" for the target
};

/// What a class of the mix loses because the setting is global.
struct ClassLoss {
  CopyClass copy_class;
  Setting own_best;
  double loss = 0.0;  ///< share of its own best predicted throughput, 0..1
};

struct Decision {
  std::uint64_t id = 0;  ///< counts up from 1
  std::uint64_t period = 0;
  Rule rule = Rule::kHold;
  Setting from;
  Setting target;  ///< where this is going
  Knobs write;     ///< the knobs for the next period; equal to what was read when nothing is due
  Haste haste = Haste::kCalm;  ///< with which `write` was reached from what was read
  std::string sentence;
  std::vector<Considered> considered;
  std::vector<ClassLoss> losses;
  bool searching = false;  ///< the search after a change is still open
  double regret = 0.0;     ///< predicted loss at `from` against the fastest that may be used, 0..1
};

/// Several lines for `pagefare explain`.
std::string explain(const Decision& decision);

}  // namespace pagefare::steer
