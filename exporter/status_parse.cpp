// SPDX-License-Identifier: Apache-2.0
#include "exporter/status_parse.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "exporter/utf8.h"

namespace pagefare {
namespace {

using Json = nlohmann::json;

// Reads fields of one object; remembers the first thing that is wrong, so that the reading code
// need not ask after each field.
class FieldReader {
 public:
  FieldReader(const Json& object, std::string where, std::optional<Error>& error)
      : object_(object), where_(std::move(where)), error_(error) {
    if (!object_.is_object()) {
      complain("", "an object");
    }
  }

  std::uint64_t count(const char* key) const {
    const Json* field = find(key);
    if (field == nullptr) {
      return 0;
    }
    if (!field->is_number_unsigned()) {
      complain(key, "an unsigned integer");
      return 0;
    }
    return field->get<std::uint64_t>();
  }

  Nanoseconds time(const char* key) const {
    const std::uint64_t ns = count(key);
    if (ns > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      complain(key, "a number of nanoseconds that fits 63 bits");
      return {};
    }
    return Nanoseconds(static_cast<std::int64_t>(ns));
  }

  std::string text(const char* key) const {
    const Json* field = find(key);
    if (field == nullptr) {
      return {};
    }
    if (!field->is_string()) {
      complain(key, "a string");
      return {};
    }
    return printable(field->get_ref<const std::string&>());
  }

  FieldReader object(const char* key) const {
    const Json* field = find(key);
    return {field == nullptr ? empty_object() : *field, path(key), error_};
  }

  const Json& list(const char* key) const {
    static const Json empty = Json::array();
    const Json* field = find(key);
    if (field != nullptr && !field->is_array()) {
      complain(key, "a list");
      return empty;
    }
    return field == nullptr ? empty : *field;
  }

  bool truth(const char* key) const {
    const Json* field = find(key);
    if (field != nullptr && !field->is_boolean()) {
      complain(key, "true or false");
      return false;
    }
    return field != nullptr && field->get<bool>();
  }

  void require(const char* key) const {
    if (find(key) == nullptr) {
      complain(key, "there");
    }
  }

  std::string path(const char* key) const { return where_.empty() ? key : where_ + "." + key; }

 private:
  static const Json& empty_object() {
    static const Json empty = Json::object();
    return empty;
  }

  const Json* find(const char* key) const {
    if (!object_.is_object()) {
      return nullptr;
    }
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  void complain(const char* key, const char* expected) const {
    if (!error_) {
      error_ = Error{fmt::format(
          "status: {} is not {}; does the daemon that answers have the version of this program?",
          *key == '\0' ? (where_.empty() ? "the answer" : where_) : path(key), expected)};
    }
  }

  const Json& object_;
  std::string where_;
  std::optional<Error>& error_;
};

CopyCost read_cost(const FieldReader& fields) {
  return {{fields.count("bytes")}, {fields.count("folios")}, fields.time("copy_cpu_ns")};
}

Totals read_totals(const FieldReader& fields) {
  Totals totals;
  totals.calls = fields.count("calls");
  totals.pages_migrated = {fields.count("pages_migrated")};
  totals.pages_failed = {fields.count("pages_failed")};
  totals.bytes = {fields.count("bytes")};
  totals.folios = {fields.count("folios")};
  totals.copy_cpu = fields.time("copy_cpu_ns");
  totals.content_copy = fields.time("content_copy_ns");
  totals.worker_cpu = fields.time("worker_cpu_ns");
  totals.worker_items = fields.count("worker_items");
  totals.dma_bytes = {fields.count("dma_bytes")};
  totals.dma_channel = fields.time("dma_ns");
  totals.dma_batches = fields.count("dma_batches");
  totals.dma_failures = fields.count("dma_failures");
  return totals;
}

CgroupRow read_row(const FieldReader& fields) {
  CgroupRow row;
  fields.require("path");
  row.path = fields.text("path");
  row.id = fields.count("id");
  const FieldReader pod = fields.object("pod");
  row.pod = {pod.text("namespace"), pod.text("name"), pod.text("container")};
  row.account.initiator = read_cost(fields.object("initiator"));
  row.account.owner = read_cost(fields.object("owner"));
  row.account.charged = read_cost(fields.object("charged"));
  row.account.outside_quota = fields.time("outside_quota_ns");
  row.account.worker_cpu_initiated = fields.time("worker_cpu_initiated_ns");
  row.account.worker_cpu_owned = fields.time("worker_cpu_owned_ns");
  row.account.dma_bytes = {fields.count("dma_bytes")};
  row.account.dma_channel = fields.time("dma_ns");
  return row;
}

void read_head(const FieldReader& fields, Status& status) {
  for (const char* key : {"mode", "layer", "totals", "cgroups"}) {
    fields.require(key);
  }
  status.version = fields.text("version");
  status.mode = fields.text("mode");
  status.charge = fields.text("charge");
  status.layer = fields.text("layer");
  status.layer_why = fields.text("layer_why");
  status.period = fields.time("period_ns");
  status.start_unix_ns = fields.time("start_unix_ns").count();
  status.uptime = fields.time("uptime_ns");
  constexpr std::uint64_t kAll = 1'000'000;
  status.completeness_ppm =
      static_cast<std::uint32_t>(std::min(fields.count("completeness_ppm"), kAll));
}

void read_unattributed(const FieldReader& fields, Unattributed& unattributed) {
  unattributed.cost = read_cost(fields);
  unattributed.worker_cpu = fields.time("worker_cpu_ns");
  unattributed.dma_bytes = {fields.count("dma_bytes")};
  unattributed.dma_channel = fields.time("dma_ns");
}

void read_health(const FieldReader& fields, Status& status) {
  status.periods = fields.count("periods");
  status.failed_periods = fields.count("failed_periods");
  status.total_period_cpu = fields.time("total_period_cpu_ns");
  status.last_error = fields.text("last_error");
}

void read_program(const FieldReader& fields, Status& status) {
  ++status.programs;
  if (!fields.truth("attached")) {
    status.not_attached.push_back(fields.text("name") + ": " + fields.text("why"));
  }
}

std::string read_setting(const FieldReader& fields) {
  const std::string engine = fields.text("engine");
  const std::uint64_t workers = fields.count("workers");
  return workers == 0 ? "unmodified kernel" : fmt::format("{} {}", engine, workers);
}

SteerShort read_steer(const FieldReader& fields, std::optional<Error>& error) {
  SteerShort steer;
  steer.deciding = fields.truth("deciding");
  steer.why_not = fields.text("why_not");
  steer.objective = fields.text("objective");
  steer.active = read_setting(fields.object("active"));
  steer.target = read_setting(fields.object("target"));
  steer.regret_ppm = fields.count("regret_ppm");
  steer.has_engine = !fields.list("offered").empty();
  if (const Json& decisions = fields.list("decisions"); !decisions.empty()) {
    const FieldReader last(decisions.back(), "steer.decisions[-1]", error);
    steer.last_id = last.count("id");
    steer.last_sentence = last.text("sentence");
    steer.last_outcome = last.text("outcome");
  }
  return steer;
}

std::vector<AlarmShort> read_alarms(const FieldReader& knobs, std::optional<Error>& error) {
  std::vector<AlarmShort> alarms;
  for (std::size_t i = 0; const Json& alarm : knobs.list("alarms")) {
    const FieldReader fields(alarm, fmt::format("knobs.alarms[{}]", i++), error);
    alarms.push_back({fields.text("kind"), fields.text("knob"), fields.text("sentence")});
  }
  return alarms;
}

std::vector<BudgetShort> read_budgets(const FieldReader& fair, std::optional<Error>& error) {
  std::vector<BudgetShort> budgets;
  if (!fair.truth("active")) return budgets;
  for (std::size_t i = 0; const Json& tenant : fair.list("tenants")) {
    const FieldReader fields(tenant, fmt::format("fair.tenants[{}]", i++), error);
    if (fields.text("match").empty()) continue;  // the unlisted
    budgets.push_back({fields.text("path"), fields.text("stage"), fields.count("dominant_ppm")});
  }
  return budgets;
}

Status read_status(const Json& json, std::optional<Error>& error) {
  Status status;
  const FieldReader fields(json, "", error);
  read_head(fields, status);
  status.totals = read_totals(fields.object("totals"));
  read_unattributed(fields.object("unattributed"), status.unattributed);
  read_health(fields.object("health"), status);
  status.steer = read_steer(fields.object("steer"), error);
  status.alarms = read_alarms(fields.object("knobs"), error);
  status.budgets = read_budgets(fields.object("fair"), error);
  for (std::size_t i = 0; const Json& cgroup : fields.list("cgroups")) {
    status.rows.push_back(read_row({cgroup, fmt::format("cgroups[{}]", i++), error}));
  }
  for (std::size_t i = 0; const Json& program : fields.list("programs")) {
    read_program({program, fmt::format("programs[{}]", i++), error}, status);
  }
  if (json.contains("losses")) {
    const FieldReader losses = fields.object("losses");
    for (const auto& [key, value] : json["losses"].items()) {
      if (const std::uint64_t count = losses.count(key.c_str()); count > 0) {
        status.losses.emplace_back(printable(key), count);
      }
    }
  }
  for (const Json& warning : fields.list("warnings")) {
    if (warning.is_string()) {
      status.warnings.push_back(printable(warning.get_ref<const std::string&>()));
    }
  }
  return status;
}

}  // namespace

Result<Status> parse_status(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) {
    return fail("status: the answer is not JSON; is it pagefare that answers at this address?");
  }
  if (!document.is_object()) {
    return fail("status: the answer is not a JSON object; is it pagefare that answers there?");
  }
  std::optional<Error> error;
  Status status = read_status(document, error);
  if (error) {
    return tl::make_unexpected(*std::move(error));
  }
  return status;
}

std::string shown_name(const CgroupRow& row) {
  if (row.pod.pod.empty()) return row.path;
  const std::string pod = row.pod.name_space + "/" + row.pod.pod;
  return row.pod.container.empty() ? pod : pod + "/" + row.pod.container;
}

}  // namespace pagefare
