// SPDX-License-Identifier: Apache-2.0
#include "exporter/status_steering.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporter/units.h"

namespace pagefare {
namespace {

std::string field(std::string_view label, std::string_view value) {
  return fmt::format("{:<13} {}\n", label, value);
}

}  // namespace

std::string steering_text(const Status& status) {
  const SteerShort& steer = status.steer;
  const std::string copies = "copies now: " + steer.active;
  if (status.mode == "observe" || (!steer.deciding && steer.why_not.empty())) {
    return steer.has_engine ? field("steering", "none in mode " + status.mode + "; " + copies) : "";
  }
  if (!steer.deciding) {
    return field("steering", steer.why_not + (steer.has_engine ? "; " + copies : ""));
  }
  std::string text = field(
      "steering", fmt::format("objective {}; {}; target: {}; {} of the throughput lost (estimated)",
                              steer.objective, copies, steer.target,
                              human_ppm(static_cast<std::uint32_t>(
                                  std::min<std::uint64_t>(steer.regret_ppm, 1'000'000)))));
  if (steer.last_id != 0) {
    text += field("", fmt::format("{} ({}); `pagefare explain {}` says why", steer.last_sentence,
                                  steer.last_outcome, steer.last_id));
  }
  return text;
}

std::string alarm_lines(const Status& status, const Painter& paint) {
  std::string text;
  for (const AlarmShort& alarm : status.alarms) {
    const bool harmful = alarm.kind == "loses_data";
    text += fmt::format("{} {}: {}\n", paint.bad(harmful ? "LOSES DATA" : "alarm"), alarm.knob,
                        alarm.sentence);
  }
  return text;
}

bool repeats_alarm(const Status& status, const std::string& warning) {
  return std::ranges::any_of(status.alarms, [&](const AlarmShort& alarm) {
    return warning.ends_with(alarm.knob + ": " + alarm.sentence);
  });
}

}  // namespace pagefare
