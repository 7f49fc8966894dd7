// SPDX-License-Identifier: Apache-2.0
#include "exporter/knobs_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <nlohmann/json.hpp>

#include "controller/core/knobs/alarms.h"

namespace pagefare {
namespace {

constexpr std::int64_t kNanosecondsInASecond = 1'000'000'000;

std::string owner(const KnobRow& row) {
  if (row.grip == Grip::kOurs) return "ours";
  if (row.grip != Grip::kTheirs) return "";
  const std::time_t since = row.theirs_since_unix_ns / kNanosecondsInASecond;
  return fmt::format("somebody else's since {:%F %T} (ours was {})", fmt::localtime(since),
                     row.ours);
}

std::string alarm_line(const KnobAlarm& alarm, bool colour) {
  const bool severe = alarm.kind == KnobAlarm::Kind::kLosesData;
  const std::string word = severe ? "LOSES DATA" : "alarm";
  const std::string painted =
      colour ? fmt::format("\033[{}m{}\033[0m", severe ? "1;31" : "31", word) : word;
  return fmt::format("{} {}: {}\n", painted, alarm.knob, alarm.sentence);
}

std::string row_lines(const KnobRow& row) {
  const std::string value = row.error.empty() ? row.value : "(" + row.error + ")";
  std::string text = fmt::format("  {:<34} {}", row.name, value);
  if (!row.range.empty()) text += fmt::format("   [{}]", row.range);
  if (const std::string who = owner(row); !who.empty()) text += "   " + who;
  return text + fmt::format("\n      {}\n      {}\n", row.effect, row.path);
}

}  // namespace

std::string knobs_text(const KnobState& state, bool colour) {
  std::string text;
  for (const KnobAlarm& alarm : state.alarms) text += alarm_line(alarm, colour);
  if (!text.empty()) text += "\n";
  text += fmt::format("copies now: {}\n", steer::describe(state.active));
  if (state.offered.empty()) text += "no copy engine here: nothing to steer\n";
  std::string generation;
  for (const KnobRow& row : state.rows) {
    if (row.generation != generation) text += "\n" + row.generation + "\n";
    generation = row.generation;
    text += row_lines(row);
  }
  return text;
}

Result<void> add_grips(KnobState& state, const std::string& status_text) {
  const auto json = nlohmann::json::parse(status_text, nullptr, false);
  if (!json.is_object() || !json.contains("knobs") || !json["knobs"].is_object()) {
    return fail("the daemon's /status says nothing of knobs");
  }
  const auto& knobs = json["knobs"];
  const auto rows = knobs.find("rows");
  if (rows == knobs.end() || !rows->is_array()) return fail("/status: knobs.rows is no list");
  const auto text = [](const nlohmann::json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  for (const auto& told : *rows) {
    if (!told.is_object()) continue;
    const std::string name = text(told, "name");
    const auto row =
        std::ranges::find_if(state.rows, [&](const KnobRow& r) { return r.name == name; });
    if (row == state.rows.end()) continue;
    const std::string grip = text(told, "grip");
    row->grip = grip == "ours" ? Grip::kOurs : grip == "theirs" ? Grip::kTheirs : Grip::kFound;
    row->ours = text(told, "ours");
    const auto since = told.find("theirs_since_unix_ns");
    if (since != told.end() && since->is_number_integer()) {
      row->theirs_since_unix_ns = since->get<std::int64_t>();
    }
  }
  // Without the daemon's word nobody knew of them.
  std::ranges::move(knobs::find_conflicts(state.rows), std::back_inserter(state.alarms));
  return {};
}

}  // namespace pagefare
