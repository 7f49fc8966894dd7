// SPDX-License-Identifier: Apache-2.0
#include "exporter/steer_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "exporter/utf8.h"

namespace pagefare {
namespace {

using Json = nlohmann::json;
using namespace steer;

constexpr std::size_t kShortList = 8;

/// /status has integers only.
std::int64_t whole(double value) {
  return std::llround(value);
}

Json to_json(Setting setting) {
  return {{"engine", name(setting.engine)}, {"workers", setting.workers}};
}

Json to_json(const CopyClass& copy_class) {
  return {{"folio_bytes", copy_class.folio_bytes},
          {"folios", copy_class.folios},
          {"reason", name(copy_class.reason)}};
}

Json brief(const NotedDecision& noted) {
  const Decision& decision = noted.decision;
  Json json{{"id", decision.id},
            {"unix_ns", noted.unix_ns},
            {"rule", name(decision.rule)},
            {"outcome", name(noted.outcome)},
            {"from", to_json(decision.from)},
            {"target", to_json(decision.target)},
            {"sentence", valid_utf8(decision.sentence)}};
  if (!noted.error.empty()) json["error"] = valid_utf8(noted.error);
  return json;
}

Json in_full(const NotedDecision& noted) {
  const Decision& decision = noted.decision;
  Json json = brief(noted);
  json["period"] = decision.period;
  json["searching"] = decision.searching;
  json["regret"] = decision.regret;
  json["considered"] = Json::array();
  for (const Considered& other : decision.considered) {
    json["considered"].push_back({{"setting", to_json(other.setting)},
                                  {"gbps", other.gbps},
                                  {"uncertainty", other.uncertainty},
                                  {"cpu_s_per_gb", other.cpu_s_per_gb},
                                  {"samples", other.samples},
                                  {"verdict", other.verdict}});
  }
  json["losses"] = Json::array();
  for (const ClassLoss& one : decision.losses) {
    json["losses"].push_back({{"class", to_json(one.copy_class)},
                              {"own_best", to_json(one.own_best)},
                              {"loss", one.loss}});
  }
  json["text"] = valid_utf8(explain(decision));
  return json;
}

Json counts_json(const SteerState& state) {
  Json counts = Json::object();
  for (std::size_t rule = 0; rule < state.counts.size(); ++rule) {
    for (std::size_t outcome = 0; outcome < state.counts[rule].size(); ++outcome) {
      if (const std::uint64_t count = state.counts[rule][outcome]; count > 0) {
        counts[std::string(name(static_cast<Rule>(rule)))]
              [std::string(name(static_cast<Outcome>(outcome)))] = count;
      }
    }
  }
  return counts;
}

Json classes_json(const SteerState& state) {
  Json list = Json::array();
  for (const ClassShown& one : state.classes) {
    Json json = to_json(one.sample.copy_class);
    json["bytes"] = one.sample.bytes.value;
    json["copy_ns"] = one.sample.copy.count();
    json["move_ns"] = one.sample.move.count();
    json["cpu_ns"] = one.sample.cpu.count();
    json["dma_ns"] = one.sample.dma.count();
    json["own_best"] = to_json(one.own_best);
    json["own_loss_ppm"] = whole(one.own_loss * 1e6);
    list.push_back(std::move(json));
  }
  return list;
}

Json reasons_json(const ReasonsShown& reasons) {
  Json json{{"steered", reasons.steered},
            {"admitted", reasons.admitted},
            {"writes", reasons.writes},
            {"would", reasons.would},
            {"refused", Json::array()}};
  for (const std::string& sentence : reasons.refused) json["refused"].push_back(sentence);
  return json;
}

}  // namespace

Json steer_json(const SteerState& state) {
  Json json{{"deciding", state.deciding},
            {"why_not", valid_utf8(state.why_not)},
            {"objective", name(state.objective)},
            {"timing", name(state.timing)},
            {"active", to_json(state.active)},
            {"target", to_json(state.target)},
            {"knobs",
             {{"engine", name(state.knobs.engine)},
              {"threads", state.knobs.count(Engine::kThreads)},
              {"channels", state.knobs.count(Engine::kDma)}}},
            {"cpus_available_milli", whole(state.cpu.available * 1e3)},
            {"cpus_stalled_ppm", whole(state.cpu.stalled * 1e6)},
            {"regret_ppm", whole(state.regret * 1e6)},
            {"lost_ns", state.lost.count()},
            {"held_periods", state.held_periods},
            {"counts", counts_json(state)},
            {"classes", classes_json(state)},
            {"reasons", reasons_json(state.reasons)}};
  json["offered"] = Json::array();
  for (const Setting setting : state.offered) json["offered"].push_back(to_json(setting));
  json["decisions"] = Json::array();
  const std::size_t skipped = state.decisions.size() - std::min(state.decisions.size(), kShortList);
  for (std::size_t i = skipped; i < state.decisions.size(); ++i) {
    json["decisions"].push_back(brief(*state.decisions[i]));
  }
  return json;
}

std::string explain_json(const SteerState& state, std::string_view mode) {
  Json json{{"mode", mode},
            {"deciding", state.deciding},
            {"why_not", valid_utf8(state.why_not)},
            {"decisions", Json::array()}};
  for (const NotedDecisionPtr& noted : state.decisions) {
    json["decisions"].push_back(in_full(*noted));
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pagefare
