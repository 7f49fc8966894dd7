// SPDX-License-Identifier: Apache-2.0
#include "exporter/knob_families.h"

#include <algorithm>
#include <cstdint>

#include "controller/core/knobs/alarms.h"

namespace pagefare {

void add_knobs(FamilySet& set, const KnobState& state) {
  using enum KnobAlarm::Kind;
  for (const KnobAlarm::Kind kind : {kLosesData, kNotActive, kConflict, kUnreadable}) {
    const auto alarms = std::ranges::count_if(
        state.alarms, [kind](const KnobAlarm& alarm) { return alarm.kind == kind; });
    set.add(Metric::kKnobAlarm, static_cast<std::uint64_t>(alarms), {knobs::name(kind)});
  }
  for (const KnobRow& row : state.rows) {
    if (row.grip == Grip::kFound) continue;
    set.add(Metric::kKnobGrip, 1.0, {row.name, row.grip == Grip::kOurs ? "ours" : "theirs"});
  }
}

}  // namespace pagefare
