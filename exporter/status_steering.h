// SPDX-License-Identifier: Apache-2.0
// What `pagefare status` says of the copy engines.
#pragma once

#include <string>

#include "exporter/painter.h"
#include "exporter/status_parse.h"

namespace pagefare {

/// What copies now, where steering goes and what was decided last. Empty without an engine when
/// nothing would be decided anyway.
std::string steering_text(const Status& status);

/// A line for each alarm of the knobs, red.
std::string alarm_lines(const Status& status, const Painter& paint);

/// Whether a warning only says again what an alarm says.
bool repeats_alarm(const Status& status, const std::string& warning);

}  // namespace pagefare
