// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controller/daemon/doctor.h"

namespace pagefare {

std::string findings_text(const std::vector<Finding>& findings, bool colour) {
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.name.size());
  std::string text;
  for (const Finding& finding : findings) {
    const char* verdict = finding.ok ? "yes" : finding.required ? "NO" : "no";
    const std::string head = fmt::format("{:<3}  {:<{}}", verdict, finding.name, width);
    const bool red = colour && !finding.ok && (finding.required || finding.alarm);
    text += fmt::format("{}  {}\n", red ? "\033[31m" + head + "\033[0m" : head, finding.why);
    if (!finding.remedy.empty()) {
      text += fmt::format("     {:<{}}  -> {}\n", "", width, finding.remedy);
    }
  }
  text += can_run(findings) ? "\npagefare can run here.\n"
                            : "\npagefare cannot run here: see the lines marked NO.\n";
  return text;
}

std::string findings_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json json;
  json["can_run"] = can_run(findings);
  json["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    json["findings"].push_back({{"name", finding.name},
                                {"required", finding.required},
                                {"ok", finding.ok},
                                {"why", finding.why},
                                {"remedy", finding.remedy}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace pagefare
