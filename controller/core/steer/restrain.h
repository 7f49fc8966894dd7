// SPDX-License-Identifier: Apache-2.0
// From what is wanted to what may be written in one period.
#pragma once

#include <cstdint>

#include "controller/core/steer/setting.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

enum class Haste : std::uint8_t {
  kCalm,      ///< one knob per period: nothing has changed
  kSearch,    ///< every knob may be written once, counts go one power of two
  kPressure,  ///< as kSearch, but counts may go down two powers of two
};

/// The knobs after one period on the way from `now` to `target`: each knob written at most once,
/// each count moved by at most one step (kPressure: down by two), an engine that is off set to its
/// count before it is turned on, nothing that somebody else holds. Precondition: target is in
/// `space`.
Knobs step_toward(const Knobs& now, Setting target, const SettingSpace& space, const Held& held,
                  Haste haste);

/// Whether a count may go from `now` to `to` within one period: by one power of two, under
/// kPressure down by two. A count that is no power of two may go to its neighbours. Precondition:
/// `to` is one.
bool within_step(std::uint32_t now, std::uint32_t to, Haste haste);

/// Whether `setting` can be reached without touching what somebody else holds.
bool reachable(const Knobs& now, Setting setting, const Held& held);

}  // namespace pagefare::steer
