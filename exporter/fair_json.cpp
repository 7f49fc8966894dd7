// SPDX-License-Identifier: Apache-2.0
#include "exporter/fair_json.h"

#include <cstddef>

#include "exporter/utf8.h"

namespace pagefare {
namespace {

using Json = nlohmann::json;

/// The unit is part of the key: CPU and channel time in nanoseconds.
Json to_json(const fair::Amounts& amounts) {
  constexpr std::array<const char*, fair::kResources> kKeys{"cpu_ns", "bytes", "dma_ns"};
  Json json = Json::object();
  for (std::size_t r = 0; r < fair::kResources; ++r) {
    json[kKeys.at(r)] = amounts[r] < fair::kUnlimited ? Json(amounts[r]) : Json(nullptr);
  }
  return json;
}

Json to_json(const fair::TenantRow& row) {
  return {{"path", valid_utf8(row.path)},
          {"match", valid_utf8(row.match)},
          {"weight", row.weight},
          {"used", to_json(row.used)},
          {"allocated", to_json(row.allocated)},
          {"dominant", name(row.dominant)},
          {"dominant_ppm", row.dominant_ppm},
          {"earned", to_json(row.dues.earned)},
          {"used_total", to_json(row.dues.used)},
          {"lent", to_json(row.dues.lent)},
          {"borrowed", to_json(row.dues.borrowed)},
          {"owed", to_json(row.dues.owed)},
          {"stage", name(row.stage)},
          {"rule", name(row.rule)},
          {"sentence", valid_utf8(row.sentence)},
          {"gate_open_ppm", row.gate_open_ppm},
          {"gate_refusals", row.gate_refusals},
          {"outside_quota_ns", row.outside_quota.count()},
          {"repaid_ns", row.repaid.count()},
          {"outstanding_ns", row.outstanding.count()},
          {"cgroups", row.cgroups}};
}

Json to_json(const fair::Verdict& verdict) {
  return {{"id", verdict.id},
          {"period", verdict.period},
          {"unix_ns", verdict.unix_ns},
          {"path", valid_utf8(verdict.path)},
          {"rule", name(verdict.rule)},
          {"from", name(verdict.from)},
          {"to", name(verdict.to)},
          {"would_have", verdict.would_have},
          {"sentence", valid_utf8(verdict.sentence)}};
}

template <typename Enum, std::size_t kSize>
Json counts_json(const std::array<std::uint64_t, kSize>& counts) {
  Json json = Json::object();
  for (std::size_t at = 0; at < kSize; ++at) {
    if (counts.at(at) > 0) json[std::string(name(static_cast<Enum>(at)))] = counts.at(at);
  }
  return json;
}

Json levers_json(const fair::FairState& state) {
  Json json = Json::array();
  for (const fair::LeverReach& reach : state.reach) {
    const auto& outcomes = state.outcomes.at(static_cast<std::size_t>(reach.lever));
    json.push_back({{"lever", name(reach.lever)},
                    {"available", reach.available},
                    {"why", valid_utf8(reach.why)},
                    {"outcomes", counts_json<fair::Outcome>(outcomes)}});
  }
  return json;
}

Json pod_faults_json(const fair::FairState& state) {
  Json json = Json::array();
  for (const std::string& sentence : state.pod_faults) json.push_back(valid_utf8(sentence));
  return json;
}

}  // namespace

nlohmann::json fair_json(const fair::FairState& state) {
  Json tenants = Json::array();
  for (const fair::TenantRow& row : state.tenants) tenants.push_back(to_json(row));
  Json history = Json::array();
  for (const fair::Verdict& verdict : state.history) history.push_back(to_json(verdict));
  return {{"active", state.active},
          {"enforcing", state.enforcing},
          {"why_not", valid_utf8(state.why_not)},
          {"capacity", to_json(state.capacity)},
          {"capacity_auto", state.capacity_auto},
          {"idle", to_json(state.idle)},
          {"attributed_ppm", state.attributed_ppm},
          {"tenants", std::move(tenants)},
          {"levers", levers_json(state)},
          {"history", std::move(history)},
          {"verdicts", counts_json<fair::Rule>(state.verdicts)},
          {"would_have", counts_json<fair::Stage>(state.would_have)},
          {"enforced", counts_json<fair::Stage>(state.enforced)},
          {"failed_applies", state.failed_applies},
          {"pod_budgets", state.pod_budgets},
          {"pod_faults", pod_faults_json(state)},
          {"last_error", valid_utf8(state.last_error)}};
}

}  // namespace pagefare
