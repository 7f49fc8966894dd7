// SPDX-License-Identifier: Apache-2.0
#include "exporter/status_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "exporter/fair_json.h"
#include "exporter/knobs_json.h"
#include "exporter/loss_counts.h"
#include "exporter/steer_json.h"
#include "exporter/units.h"
#include "exporter/utf8.h"

namespace pagefare {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const CopyCost& cost) {
  return {{"bytes", cost.bytes.value},
          {"folios", cost.folios.value},
          {"copy_cpu_ns", cost.copy_cpu.count()}};
}

Json to_json(const Totals& totals) {
  return {{"calls", totals.calls},
          {"pages_migrated", totals.pages_migrated.value},
          {"pages_failed", totals.pages_failed.value},
          {"bytes", totals.bytes.value},
          {"folios", totals.folios.value},
          {"copy_cpu_ns", totals.copy_cpu.count()},
          {"content_copy_ns", totals.content_copy.count()},
          {"worker_cpu_ns", totals.worker_cpu.count()},
          {"worker_items", totals.worker_items},
          {"dma_bytes", totals.dma_bytes.value},
          {"dma_ns", totals.dma_channel.count()},
          {"dma_batches", totals.dma_batches},
          {"dma_failures", totals.dma_failures}};
}

Json to_json(const Unattributed& part) {
  Json json = to_json(part.cost);
  json["worker_cpu_ns"] = part.worker_cpu.count();
  json["dma_bytes"] = part.dma_bytes.value;
  json["dma_ns"] = part.dma_channel.count();
  return json;
}

Json unattributed_json(const Snapshot& snapshot) {
  Json by_cause = Json::object();
  for (std::size_t i = 0; i < snapshot.unattributed.size(); ++i) {
    by_cause[std::string(name(static_cast<Cause>(i)))] = to_json(snapshot.unattributed[i]);
  }
  Json json = to_json(total(snapshot.unattributed));
  json["by_cause"] = std::move(by_cause);
  return json;
}

Json to_json(const CgroupRow& row) {
  const Account& account = row.account;
  Json json{{"path", valid_utf8(row.path)},
            {"id", row.id},
            {"kernel_thread", row.path.starts_with('[')},
            {"initiator", to_json(account.initiator)},
            {"owner", to_json(account.owner)},
            {"charged", to_json(account.charged)},
            {"outside_quota_ns", account.outside_quota.count()},
            {"worker_cpu_initiated_ns", account.worker_cpu_initiated.count()},
            {"worker_cpu_owned_ns", account.worker_cpu_owned.count()},
            {"dma_bytes", account.dma_bytes.value},
            {"dma_ns", account.dma_channel.count()}};
  if (!row.pod.pod.empty()) {
    json["pod"] = {
        {"namespace", row.pod.name_space}, {"name", row.pod.pod}, {"container", row.pod.container}};
  }
  return json;
}

Json pod_names_json(const PodNamesStatus& names) {
  return {{"wanted", names.wanted},
          {"complete", names.complete},
          {"pods", names.pods},
          {"failures", names.failures},
          {"last_error", valid_utf8(names.last_error)},
          {"labels_error", valid_utf8(names.labels_error)}};
}

Json classes_json(const Snapshot& snapshot) {
  Json list = Json::array();
  for (const auto& [key, cost] : snapshot.classes) {
    Json json{{"reason", name(key.reason)},
              {"size", size_label(snapshot.page_size, key.order)},
              {"order", key.order}};
    json.update(to_json(cost));
    list.push_back(std::move(json));
  }
  return list;
}

Json flows_json(const Snapshot& snapshot) {
  Json list = Json::array();
  for (const auto& [key, cost] : snapshot.flows) {
    Json json{{"source", key.source.value}, {"destination", key.destination.value}};
    json.update(to_json(cost));
    list.push_back(std::move(json));
  }
  return list;
}

Json calls_json(const Snapshot& snapshot) {
  Json list = Json::array();
  for (const auto& [key, sum] : snapshot.calls) {
    list.push_back({{"initiator_kind", name(key.kind)},
                    {"reason", name(key.reason)},
                    {"calls", sum.calls},
                    {"pages_migrated", sum.pages_migrated.value},
                    {"pages_failed", sum.pages_failed.value},
                    {"thp_migrated", sum.thp_migrated},
                    {"thp_failed", sum.thp_failed},
                    {"thp_split", sum.thp_split},
                    {"cpu_ns", sum.cpu.count()}});
  }
  return list;
}

Json to_json(const Losses& losses) {
  Json json = Json::object();
  for (const LossCount& loss : loss_counts(losses)) {
    json[std::string(loss.name)] = loss.events;
  }
  json["folio_bytes"] = losses.folio_bytes.value;
  json["folio_cpu_ns"] = losses.folio_cpu.count();
  json["worker_cpu_ns"] = losses.worker_cpu.count();
  json["overcounted_pages"] = losses.overcounted.value;
  return json;
}

Json programs_json(const Health& health) {
  Json list = Json::array();
  for (const ProgramStatus& program : health.programs) {
    list.push_back({{"name", program.name},
                    {"hook", program.hook},
                    {"attached", program.attached},
                    {"why", valid_utf8(program.why)},
                    {"runs", program.runs},
                    {"run_ns", program.run_time.count()},
                    {"missed", program.missed}});
  }
  return list;
}

Json maps_json(const Health& health) {
  Json list = Json::array();
  for (const MapStatus& map : health.maps) {
    list.push_back({{"name", map.name},
                    {"entries", map.entries},
                    {"max_entries", map.max_entries},
                    {"bytes", map.memory.value}});
  }
  return list;
}

Json to_json(const Health& health) {
  return {{"periods", health.periods},
          {"failed_periods", health.failed_periods},
          {"last_period_cpu_ns", health.last_period_cpu.count()},
          {"total_period_cpu_ns", health.total_period_cpu.count()},
          {"resolve_failures", health.resolve_failures},
          {"last_error", valid_utf8(health.last_error)}};
}

}  // namespace

std::string status_json(const Snapshot& snapshot) {
  Json json{{"version", snapshot.version},
            {"mode", name(snapshot.mode)},
            {"charge", name(snapshot.charge)},
            {"layer", name(snapshot.layer)},
            {"layer_why", valid_utf8(snapshot.layer_why)},
            {"page_size", snapshot.page_size},
            {"period_ns", snapshot.period.count()},
            {"start_unix_ns", snapshot.start_unix_ns},
            {"uptime_ns", snapshot.uptime.count()},
            {"completeness_ppm", completeness_ppm(snapshot)},
            {"totals", to_json(snapshot.totals)},
            {"unattributed", unattributed_json(snapshot)}};
  Json cgroups = Json::array();
  for (const CgroupRow& row : snapshot.rows) {
    cgroups.push_back(to_json(row));
  }
  Json warnings = Json::array();
  for (const std::string& warning : snapshot.warnings) {
    warnings.push_back(valid_utf8(warning));
  }
  json["cgroups"] = std::move(cgroups);
  json["classes"] = classes_json(snapshot);
  json["flows"] = flows_json(snapshot);
  json["calls"] = calls_json(snapshot);
  json["losses"] = to_json(snapshot.losses);
  json["pod_names"] = pod_names_json(snapshot.pod_names);
  json["programs"] = programs_json(snapshot.health);
  json["maps"] = maps_json(snapshot.health);
  json["health"] = to_json(snapshot.health);
  json["warnings"] = std::move(warnings);
  json["fair"] = fair_json(snapshot.fair);
  json["knobs"] = knobs_json(snapshot.knobs);
  json["steer"] = steer_json(snapshot.steer);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pagefare
