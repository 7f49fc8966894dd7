// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/simulate_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pagefare {
namespace {

using nlohmann::json;

json json_of(const simulate::Figures& figures) {
  const simulate::StaticFigures& best = figures.best_static;
  return {{"oracle_gbps", figures.oracle_gbps},
          {"achieved_gbps", figures.achieved_gbps},
          {"vanilla_gbps", figures.vanilla_gbps ? json(*figures.vanilla_gbps) : json(nullptr)},
          {"best_static",
           {{"engine", steer::name(best.setting.engine)},
            {"workers", best.setting.workers},
            {"gbps", best.gbps},
            {"cpu_s_per_gb", best.cpu_s_per_gb}}},
          {"regret", figures.regret},
          {"regret_second_half", figures.regret_second_half},
          {"cpu_s_per_gb", figures.cpu_s_per_gb},
          {"periods", figures.periods},
          {"writes", figures.writes},
          {"flaps", figures.flaps}};
}

json json_of(const simulate::PhaseFigures& phase, const simulate::Machine& machine) {
  json out = json_of(phase.figures);
  out["event"] = phase.phase->event;
  out["first_period"] = phase.first_period;
  out["settled_after"] = phase.settled_after;
  out["recovered_after"] = phase.recovered_after ? json(*phase.recovered_after) : json(nullptr);
  for (const simulate::ClassShare& one : phase.phase->mixture) {
    const steer::CopyClass& copy_class = machine.classes()[one.class_index];
    out["classes"].push_back({{"folio_size_bytes", copy_class.folio_bytes},
                              {"folios", copy_class.folios},
                              {"share", one.share}});
  }
  return out;
}

std::string classes_of(const simulate::Phase& phase, const simulate::Machine& machine) {
  std::string text;
  for (const simulate::ClassShare& one : phase.mixture) {
    const steer::CopyClass& copy_class = machine.classes()[one.class_index];
    text += text.empty() ? "" : " + ";
    text += fmt::format("{}x{}K", copy_class.folios, copy_class.folio_bytes / 1024);
  }
  return phase.event.empty() ? text : fmt::format("{} ({})", phase.event, text);
}

std::string row(const std::string& label, const simulate::Figures& figures) {
  const std::string vanilla =
      figures.vanilla_gbps ? fmt::format("{:.2f}", *figures.vanilla_gbps) : "-";
  return fmt::format(
      "{:<44.44} {:>8.2f} {:>8.2f} {:>8} {:>8.2f} {:>7.2f} {:>7.2f} {:>9.3f} {:>6} {:>5}\n", label,
      figures.oracle_gbps, figures.achieved_gbps, vanilla, figures.best_static.gbps,
      100.0 * figures.regret, 100.0 * figures.regret_second_half, figures.cpu_s_per_gb,
      figures.writes, figures.flaps);
}

}  // namespace

std::string simulate_json(const SimulateHeading& heading, const simulate::Machine& machine,
                          const simulate::Report& report) {
  json out = json_of(report.total);
  out["platform"] = heading.platform;
  out["workload"] = heading.workload;
  out["objective"] = heading.objective;
  out["prior"] = heading.prior;
  out["driver"] = heading.driver;
  out["noise"] = heading.noise;
  out["seed"] = heading.seed;
  out["notes"] = heading.notes;
  out["phases"] = json::array();
  for (const simulate::PhaseFigures& phase : report.phases) {
    out["phases"].push_back(json_of(phase, machine));
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string simulate_text(const SimulateHeading& heading, const simulate::Machine& machine,
                          const simulate::Report& report) {
  std::string text =
      fmt::format("{}: workload {}, objective {}, noise {:.0f} %, prior {}, seed {}, {}\n",
                  heading.platform, heading.workload, heading.objective, 100.0 * heading.noise,
                  heading.prior, heading.seed, heading.driver);
  for (const std::string& note : heading.notes) {
    text += "note: " + note + "\n";
  }
  text += fmt::format("{:<44} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>9} {:>6} {:>5}\n",
                      "phase (GB/s for the bytes moved)", "oracle", "achieved", "vanilla", "static",
                      "regret%", "2nd h.%", "CPU s/GB", "writes", "flaps");
  for (const simulate::PhaseFigures& phase : report.phases) {
    text += row(classes_of(*phase.phase, machine), phase.figures);
  }
  text += row("overall", report.total);
  const simulate::StaticFigures& best = report.total.best_static;
  text += fmt::format("best static setting in hindsight: {}, {:.2f} GB/s, {:.3f} CPU s/GB\n",
                      describe(best.setting), best.gbps, best.cpu_s_per_gb);
  return text;
}

}  // namespace pagefare
