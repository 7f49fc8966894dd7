// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "tests/bench/overhead/report.h"

namespace pagefare::bench {
namespace {

std::string range(const Quartiles& q, int digits) {
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", q.median, digits, q.lower, digits, q.upper,
                     digits);
}

std::string row_text(const Row& row) {
  if (!row.missing.empty()) return fmt::format("{:15} skipped: {}\n", row.name, row.missing);
  std::string text = fmt::format("{:15} {:>3} {:>24}", row.name, row.rounds, range(row.ns, 0));
  if (row.name != kNone) {
    text += fmt::format(
        " {:>24} {:>22} {:>9} {:>7} {:>9.0f}", range(row.added, 0), range(row.added_percent, 1),
        row.of_ringbuf ? fmt::format("{:.3f}", *row.of_ringbuf) : "-",
        row.seen > 0 ? fmt::format("{:.1f}%", 100 * row.seen) : "-", row.consumer_ns);
  }
  return text + "\n";
}

std::string programs_text(const Report& report) {
  if (report.programs.empty()) return {};
  std::string text = fmt::format(
      "\nBPF programs by the kernel's statistics (an empty program shows what those cost)\n"
      "{:15} {:28} {:>10} {:>12} {:>12}\n",
      "variant", "program", "runs", "runs/" + report.unit, "ns/run");
  for (const ProgramTime& time : report.programs) {
    text += fmt::format("{:15} {:28} {:>10} {:>12.3f} {:>12.1f}\n", time.variant, time.program,
                        time.runs, time.runs_per_unit, time.ns_per_run);
  }
  return text;
}

nlohmann::json to_json(const Quartiles& q) {
  return {{"lower", q.lower}, {"median", q.median}, {"upper", q.upper}};
}

nlohmann::json to_json(const Row& row) {
  nlohmann::json json{{"name", row.name}, {"what", row.what}};
  if (!row.missing.empty()) {
    json["skipped"] = row.missing;
    return json;
  }
  json["rounds"] = row.rounds;
  json["ns_per_unit"] = to_json(row.ns);
  if (row.name == kNone) return json;
  json["added_ns"] = to_json(row.added);
  json["added_percent"] = to_json(row.added_percent);
  if (row.of_ringbuf) json["added_of_ringbuf"] = *row.of_ringbuf;
  json["seen"] = row.seen;
  json["consumer_ns_per_unit"] = row.consumer_ns;
  return json;
}

}  // namespace

std::string report_text(const Report& report) {
  std::string text = fmt::format("{}: CPU time in ns per {}, median [quartiles]\n{}\n", report.load,
                                 report.unit, report.machine);
  for (const std::string& note : report.notes) text += note + "\n";
  text += fmt::format("{:15} {:>3} {:>24} {:>24} {:>22} {:>9} {:>7} {:>9}\n", "variant", "n",
                      "ns/" + report.unit, "added ns (paired)", "added %", "/ringbuf", "seen",
                      "consumer");
  for (const Row& row : report.rows) text += row_text(row);
  text += programs_text(report);
  if (!report.gates.empty()) text += "\n";
  for (const Gate& gate : report.gates) {
    text += fmt::format("{}: {} ({:.3f}, limit {})\n", gate.holds ? "holds" : "MISSED", gate.claim,
                        gate.value, gate.limit);
  }
  return text;
}

std::string report_json(const Report& report, const Visits& visits) {
  nlohmann::json json{{"load", report.load},
                      {"unit", report.unit},
                      {"machine", report.machine},
                      {"notes", report.notes}};
  for (const Row& row : report.rows) {
    nlohmann::json item = to_json(row);
    if (const auto found = visits.find(row.name); found != visits.end()) {
      for (const Visit& visit : found->second) item["visits"].push_back(visit.ns_per_unit);
    }
    json["variants"].push_back(std::move(item));
  }
  for (const ProgramTime& time : report.programs) {
    json["programs"].push_back({{"variant", time.variant},
                                {"program", time.program},
                                {"runs", time.runs},
                                {"runs_per_unit", time.runs_per_unit},
                                {"ns_per_run", time.ns_per_run}});
  }
  for (const Gate& gate : report.gates) {
    json["gates"].push_back({{"claim", gate.claim},
                             {"value", gate.value},
                             {"limit", gate.limit},
                             {"holds", gate.holds}});
  }
  return json.dump(2) + "\n";
}

}  // namespace pagefare::bench
