// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/record/view_lines.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

namespace pagefare::record {

namespace {

using Json = nlohmann::json;
using namespace steer;

constexpr const char* kHead = "pagefare_record";

Json to_json(Setting setting) {
  return {static_cast<int>(setting.engine), setting.workers};
}

Json to_json(const Knobs& knobs) {
  return {static_cast<int>(knobs.engine), knobs.workers[0], knobs.workers[1], knobs.workers[2]};
}

Json to_json(const CopyClass& copy_class) {
  return {copy_class.folio_bytes, copy_class.folios, static_cast<int>(copy_class.reason)};
}

/// Throws what nlohmann-json throws, and on numbers that no enumeration has.
Engine engine_of(const Json& json) {
  const auto number = json.get<unsigned>();
  if (number >= kEngines) throw std::out_of_range("no such engine");
  return static_cast<Engine>(number);
}

Setting setting_of(const Json& json) {
  return {engine_of(json.at(0)), json.at(1).get<std::uint32_t>()};
}

Knobs knobs_of(const Json& json) {
  Knobs knobs;
  knobs.engine = engine_of(json.at(0));
  for (std::size_t i = 0; i < kEngines; ++i) {
    knobs.workers[i] = json.at(i + 1).get<std::uint32_t>();
  }
  return knobs;
}

CopyClass class_of(const Json& json) {
  return {json.at(0).get<std::uint64_t>(), json.at(1).get<std::uint64_t>(),
          static_cast<MigrateReason>(json.at(2).get<std::uint8_t>())};
}

Nanoseconds time_of(const Json& json) {
  return Nanoseconds(json.get<std::int64_t>());
}

GovernorTerms terms_of(const Json& json) {
  GovernorTerms terms;
  for (const Json& setting : json.at("offered")) terms.offered.push_back(setting_of(setting));
  const Json& wants = json.at("wants");
  const auto objective = wants.at(0).get<unsigned>();
  if (objective > static_cast<unsigned>(Objective::kBalanced)) {
    throw std::out_of_range("no such objective");
  }
  terms.wants = {static_cast<Objective>(objective), wants.at(1).get<double>(),
                 wants.at(2).get<double>()};
  for (const Json& row : json.at("prior")) {
    terms.prior.push_back({class_of(row.at(0)), setting_of(row.at(1)), row.at(2).get<double>()});
  }
  terms.prior_source =
      json.at("prior_is_own").get<bool>() ? PriorSource::kThisMachine : PriorSource::kOtherMachine;
  return terms;
}

Seen seen_of(const Json& json) {
  Seen seen;
  View& view = seen.view;
  view.period = json.at("period").get<std::uint64_t>();
  for (const Json& one : json.at("samples")) {
    ClassSample sample;
    sample.copy_class = class_of(one.at(0));
    sample.bytes = Bytes{one.at(1).get<std::uint64_t>()};
    sample.copy = time_of(one.at(2));
    sample.move = time_of(one.at(3));
    sample.cpu = time_of(one.at(4));
    sample.dma = time_of(one.at(5));
    view.samples.push_back(sample);
  }
  view.measured_at = setting_of(json.at("at"));
  view.knobs = knobs_of(json.at("knobs"));
  view.cpu = {json.at("cpus").at(0).get<double>(), json.at("cpus").at(1).get<double>()};
  const Json& held = json.at("held");
  view.held = {held.at(0).get<bool>(), held.at(1).get<bool>(), held.at(2).get<bool>()};
  const auto rule = json.at("rule").get<unsigned>();
  if (rule >= kRules) throw std::out_of_range("no such rule");
  seen.decided = {static_cast<Rule>(rule), setting_of(json.at("target")),
                  knobs_of(json.at("write"))};
  return seen;
}

Result<void> check_head(const Json& json, const std::string& where) {
  if (!json.is_object() || !json.contains(kHead) || !json[kHead].is_number_integer()) {
    return fail(where + ": is not a record of pagefare; `pagefare run --record FILE` makes one");
  }
  const auto version = json[kHead].get<std::int64_t>();
  if (version != record::kVersion) {
    return fail(where + ": is a record of version " + std::to_string(version) +
                ", this program reads version " + std::to_string(record::kVersion) +
                "; use the version that made it");
  }
  return {};
}

Result<Entry> entry_of(const Json& json, const std::string& where) {
  try {
    if (json.contains("offered")) return Entry(terms_of(json));
    return Entry(seen_of(json));
  } catch (const std::exception& error) {
    return fail(where + ": " + error.what());
  }
}

}  // namespace

Decided decided(const Decision& decision) {
  return {decision.rule, decision.target, decision.write};
}

std::string head_line() {
  return Json{{kHead, kVersion}}.dump() + "\n";
}

std::string to_line(const GovernorTerms& terms) {
  Json json{
      {"wants",
       {static_cast<int>(terms.wants.objective), terms.wants.thrift_loss, terms.wants.cpu_price}},
      {"prior_is_own", terms.prior_source == PriorSource::kThisMachine},
      {"offered", Json::array()},
      {"prior", Json::array()}};
  for (const Setting setting : terms.offered) json["offered"].push_back(to_json(setting));
  for (const PriorRow& row : terms.prior) {
    json["prior"].push_back({to_json(row.copy_class), to_json(row.setting), row.gbps});
  }
  return json.dump() + "\n";
}

std::string to_line(const View& view, const Decision& decision) {
  Json json{{"period", view.period},
            {"at", to_json(view.measured_at)},
            {"knobs", to_json(view.knobs)},
            {"cpus", {view.cpu.available, view.cpu.stalled}},
            {"held", {view.held.engine, view.held.threads, view.held.channels}},
            {"rule", static_cast<int>(decision.rule)},
            {"target", to_json(decision.target)},
            {"write", to_json(decision.write)},
            {"samples", Json::array()}};
  for (const ClassSample& sample : view.samples) {
    json["samples"].push_back({to_json(sample.copy_class), sample.bytes.value, sample.copy.count(),
                               sample.move.count(), sample.cpu.count(), sample.dma.count()});
  }
  return json.dump() + "\n";
}

Result<std::vector<Entry>> read_lines(std::string_view text, const std::string& path) {
  std::vector<Entry> entries;
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string where = path + ":" + std::to_string(++number);
    if (end == std::string_view::npos) break;  // whoever wrote it was stopped in the middle
    const Json json = Json::parse(text.substr(0, end), nullptr, false);
    text.remove_prefix(end + 1);
    if (json.is_discarded() || !json.is_object()) return fail(where + ": is no JSON object");
    if (number == 1) {
      if (const auto head = check_head(json, where); !head)
        return tl::make_unexpected(head.error());
      continue;
    }
    auto entry = entry_of(json, where);
    if (!entry) return tl::make_unexpected(entry.error());
    if (entries.empty() && !std::holds_alternative<GovernorTerms>(*entry)) {
      return fail(where + ": a period before the line that says what is offered");
    }
    entries.push_back(*std::move(entry));
  }
  if (number == 0) return fail(path + ": is empty; `pagefare run --record FILE` makes a record");
  return entries;
}

}  // namespace pagefare::record
