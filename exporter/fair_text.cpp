// SPDX-License-Identifier: Apache-2.0
#include "exporter/fair_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <nlohmann/json.hpp>
#include <vector>

#include "controller/core/fair/state.h"
#include "exporter/units.h"

namespace pagefare {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostLines = 12;

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::uint64_t number_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<std::uint64_t>() : 0;
}

const Json& part_of(const Json& json, const char* key) {
  static const Json nothing = Json::object();
  const auto found = json.find(key);
  return found != json.end() && found->is_structured() ? *found : nothing;
}

/// Null unless the text is a /status with the state of fairness.
Json fair_part(const std::string& status) {
  const Json all = Json::parse(status, nullptr, false);
  if (!all.is_object()) return {};
  Json fair = all.value("fair", Json());
  return fair.is_object() ? fair : Json();
}

std::string cpu(const Json& amounts) {
  const auto found = amounts.find("cpu_ns");
  if (found == amounts.end() || !found->is_number()) return "no limit";
  return fmt::format("{:.3f} s", static_cast<double>(found->get<std::uint64_t>()) / 1e9);
}

std::string percent(std::uint64_t ppm) {
  return fmt::format("{:.1f} %", static_cast<double>(ppm) / 1e4);
}

const Json* find_by_path(const Json& tenants, std::string_view path) {
  const auto found = std::ranges::find_if(
      tenants, [path](const Json& tenant) { return text_of(tenant, "path") == path; });
  return found == tenants.end() ? nullptr : &*found;
}

/// The nearest tenant above, or the unlisted.
const Json* tenant_of(const Json& tenants, std::string_view path) {
  while (path.size() > 1) {
    if (const Json* const tenant = find_by_path(tenants, path)) return tenant;
    path = path.substr(0, path.rfind('/'));
  }
  return find_by_path(tenants, fair::kUnlistedPath);
}

std::string line_of(const Json& tenant) {
  return fmt::format("  {:<40} {:>7} weight {:>5}  uses {:>9}, may use {:>9}  {}\n",
                     text_of(tenant, "path"), percent(number_of(tenant, "dominant_ppm")),
                     number_of(tenant, "weight"), cpu(part_of(tenant, "used")),
                     cpu(part_of(tenant, "allocated")), text_of(tenant, "stage"));
}

std::string time_of(const Json& verdict) {
  const auto seconds = static_cast<std::time_t>(number_of(verdict, "unix_ns") / 1'000'000'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string account_of(const Json& tenant) {
  return fmt::format(
      "  earned {}, used {}, lent {}, borrowed {}, of that not given back {} (copy CPU, over "
      "restarts)\n",
      cpu(part_of(tenant, "earned")), cpu(part_of(tenant, "used_total")),
      cpu(part_of(tenant, "lent")), cpu(part_of(tenant, "borrowed")), cpu(part_of(tenant, "owed")));
}

std::string history_of(const Json& fair, const std::string& path) {
  std::string text;
  for (const Json& verdict : part_of(fair, "history")) {
    if (text_of(verdict, "path") != path) continue;
    const bool would = verdict.value("would_have", false);
    text +=
        fmt::format("  {} #{} {} -> {} ({}{}): {}\n", time_of(verdict), number_of(verdict, "id"),
                    text_of(verdict, "from"), text_of(verdict, "to"), would ? "would have, " : "",
                    text_of(verdict, "rule"), text_of(verdict, "sentence"));
  }
  return text.empty() ? "  nothing was decided about it yet\n" : text;
}

Result<const Json*> find_tenant(const Json& fair, std::string_view path) {
  if (!fair.is_object()) return fail("the answer has nothing about fairness");
  if (!fair.value("active", false)) {
    return fail("no budgets are set" +
                (text_of(fair, "why_not").empty() ? "" : " (" + text_of(fair, "why_not") + ")") +
                "; write a [[budget]] section, see docs/fairness.md");
  }
  const Json* const tenant = tenant_of(part_of(fair, "tenants"), path);
  if (tenant == nullptr) return fail("nobody was charged for a migration yet");
  return tenant;
}

}  // namespace

Result<std::string> fair_json_of(const std::string& status, std::string_view path) {
  const Json fair = fair_part(status);
  const auto found = find_tenant(fair, path);
  if (!found) return tl::make_unexpected(found.error());
  Json history = Json::array();
  for (const Json& verdict : part_of(fair, "history")) {
    if (text_of(verdict, "path") == text_of(**found, "path")) history.push_back(verdict);
  }
  const Json answer{{"cgroup", path}, {"tenant", **found}, {"history", std::move(history)}};
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string fair_summary(const std::string& status) {
  const Json fair = fair_part(status);
  if (!fair.is_object() || !fair.value("active", false)) return "";
  std::string text = "\nFairness: ";
  text += fair.value("enforcing", false) ? "enforced" : "not enforced, " + text_of(fair, "why_not");
  text +=
      fmt::format("; to share out: {} of copy CPU per period\n", cpu(part_of(fair, "capacity")));
  std::vector<const Json*> shown;
  for (const Json& tenant : part_of(fair, "tenants")) {
    if (number_of(tenant, "dominant_ppm") > 0 || text_of(tenant, "stage") != "under") {
      shown.push_back(&tenant);
    }
  }
  std::ranges::stable_sort(shown, std::ranges::greater{},
                           [](const Json* tenant) { return number_of(*tenant, "dominant_ppm"); });
  for (std::size_t at = 0; at < std::min(shown.size(), kMostLines); ++at)
    text += line_of(*shown[at]);
  if (shown.size() > kMostLines) {
    text += fmt::format("  and {} more\n", shown.size() - kMostLines);
  }
  if (const std::string error = text_of(fair, "last_error"); !error.empty()) {
    text += "  " + error + "\n";
  }
  return text;
}

Result<std::string> explain_cgroup(const std::string& status, std::string_view path) {
  const Json fair = fair_part(status);
  const auto found = find_tenant(fair, path);
  if (!found) return tl::make_unexpected(found.error());
  const Json* const tenant = *found;
  const std::string holder = text_of(*tenant, "path");
  std::string text;
  if (holder == fair::kUnlistedPath) {
    text = fmt::format(
        "{}: no budget matches it or a cgroup above it that was charged for a "
        "migration; it shares what is left to the unlisted\n",
        path);
  } else {
    text = fmt::format(
        "{}: lives on the budget of {} (match = \"{}\", weight {}), with {} other "
        "cgroups\n",
        path, holder, text_of(*tenant, "match"), number_of(*tenant, "weight"),
        std::max<std::uint64_t>(number_of(*tenant, "cgroups"), 1) - 1);
  }
  text += "  " + text_of(*tenant, "sentence") + "\n" + account_of(*tenant);
  text +=
      fair.value("enforcing", false) ? "" : "  not enforced: " + text_of(fair, "why_not") + "\n";
  return text + history_of(fair, holder);
}

}  // namespace pagefare
