// SPDX-License-Identifier: Apache-2.0
// What is wrong with the knobs as they are, in every mode of ours.
#pragma once

#include <cstdint>
#include <vector>

#include "controller/core/knobs/reading.h"
#include "controller/core/knobs/state.h"

namespace pagefare::knobs {

/// `certain`: reading.active is the kernel's own word, not inferred.
std::vector<KnobAlarm> find_alarms(const EngineReading& reading, const std::vector<KnobRow>& rows,
                                   bool certain, std::uint32_t cpus_of_smallest_node);

/// Those of the knobs that somebody else holds, from the rows alone.
std::vector<KnobAlarm> find_conflicts(const std::vector<KnobRow>& rows);

std::string_view name(KnobAlarm::Kind kind);  ///< "loses_data", "not_active", ...

}  // namespace pagefare::knobs
