// SPDX-License-Identifier: Apache-2.0
#include "exporter/knobs_json.h"

#include <string>

#include "controller/core/knobs/alarms.h"
#include "exporter/utf8.h"

namespace pagefare {
namespace {

using Json = nlohmann::ordered_json;

std::string grip_name(Grip grip) {
  return grip == Grip::kOurs ? "ours" : grip == Grip::kTheirs ? "theirs" : "found";
}

Json to_json(const KnobRow& row) {
  return {{"name", row.name},
          {"generation", row.generation},
          {"path", valid_utf8(row.path)},
          {"value", valid_utf8(row.value)},
          {"range", row.range},
          {"grip", grip_name(row.grip)},
          {"theirs_since_unix_ns", row.theirs_since_unix_ns},
          {"ours", valid_utf8(row.ours)},
          {"effect", row.effect},
          {"error", valid_utf8(row.error)}};
}

Json to_json(steer::Setting setting) {
  return {{"engine", steer::name(setting.engine)}, {"workers", setting.workers}};
}

}  // namespace

nlohmann::ordered_json knobs_json(const KnobState& state) {
  Json json{{"rows", Json::array()}, {"alarms", Json::array()}};
  for (const KnobRow& row : state.rows) json["rows"].push_back(to_json(row));
  for (const KnobAlarm& alarm : state.alarms) {
    json["alarms"].push_back({{"kind", knobs::name(alarm.kind)},
                              {"knob", alarm.knob},
                              {"sentence", valid_utf8(alarm.sentence)}});
  }
  json["active"] = to_json(state.active);
  json["offered"] = Json::array();
  for (const steer::Setting setting : state.offered) json["offered"].push_back(to_json(setting));
  return json;
}

}  // namespace pagefare
