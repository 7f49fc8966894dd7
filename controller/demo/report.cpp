// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controller/demo/demo.h"

namespace pagefare::demo {
namespace {

double mib(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

double seconds(Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double percent(Pages part, Pages whole) {
  if (whole.value == 0) return 0;
  return 100 * static_cast<double>(part.value) / static_cast<double>(whole.value);
}

nlohmann::ordered_json to_object(const DemoStep& step) {
  nlohmann::ordered_json owners = nlohmann::ordered_json::array();
  for (const auto& owner : step.owners) {
    owners.push_back({{"tenant", owner.tenant},
                      {"pages_moved", owner.moved.value},
                      {"pages_lost", owner.lost.value}});
  }
  return {{"action", name(step.action)},         {"initiator", step.initiator},
          {"owners", std::move(owners)},         {"kernel_pages", step.kernel_pages.value},
          {"node_pages", step.node_pages.value}, {"cpu_ns", step.cpu.count()},
          {"wall_ns", step.wall.count()}};
}

}  // namespace

std::string to_text(const DemoReport& report) {
  std::string text = fmt::format("{:<32} {:<10} {:>10} {:>12} {:>14}\n", "CGROUP", "ROLE",
                                 "FILLED MiB", "OWNED MiB", "INITIATED MiB");
  for (const auto& cgroup : report.cgroups) {
    text += fmt::format("{:<32} {:<10} {:>10.1f} {:>12.1f} {:>14.1f}\n", cgroup.path, cgroup.role,
                        mib(cgroup.resident.value), mib(cgroup.owned.value),
                        mib(cgroup.initiated.value));
  }
  text += fmt::format(
      "{} rounds in {:.1f} s moved {} pages ({:.1f} MiB) of the tenants; the kernel counted {} "
      "pages in the same steps\n({:.2f} % of them the tenants') and {} over the whole time.\n",
      report.rounds, seconds(report.elapsed), report.owned.value,
      mib(report.owned.value * report.page_bytes), report.kernel_pages.value,
      percent(report.owned, report.kernel_pages), report.kernel_pages_elapsed.value);
  if (report.lost.value != 0) {
    text += fmt::format("{} pages were swapped out meanwhile and are not counted.\n",
                        report.lost.value);
  }
  if (report.copy_module) text += describe(*report.copy_module);
  if (report.interrupted) text += "Interrupted before the time was over.\n";
  return text;
}

std::string to_json(const DemoReport& report) {
  nlohmann::ordered_json cgroups = nlohmann::ordered_json::array();
  for (const auto& cgroup : report.cgroups) {
    cgroups.push_back({{"path", cgroup.path},
                       {"role", cgroup.role},
                       {"id", cgroup.id.value},
                       {"filled_bytes", cgroup.resident.value},
                       {"owned_bytes", cgroup.owned.value},
                       {"initiated_bytes", cgroup.initiated.value},
                       {"initiated_kernel_bytes", cgroup.initiated_kernel.value}});
  }
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const auto& step : report.steps) steps.push_back(to_object(step));
  nlohmann::ordered_json object{{"cgroups", std::move(cgroups)},
                                {"rounds", report.rounds},
                                {"elapsed_ns", report.elapsed.count()},
                                {"page_bytes", report.page_bytes},
                                {"nodes", report.nodes},
                                {"owned_pages", report.owned.value},
                                {"kernel_pages", report.kernel_pages.value},
                                {"kernel_pages_elapsed", report.kernel_pages_elapsed.value},
                                {"lost_pages", report.lost.value},
                                {"interrupted", report.interrupted},
                                {"steps", std::move(steps)}};
  if (report.copy_module) {
    object["copy_module"] = {{"offloading", report.copy_module->offloading},
                             {"engine", report.copy_module->engine},
                             {"threads", report.copy_module->threads},
                             {"bytes_by_threads", report.copy_module->by_threads.value},
                             {"bytes_by_dma", report.copy_module->by_dma.value}};
  }
  return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace pagefare::demo
