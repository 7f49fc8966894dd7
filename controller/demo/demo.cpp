// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/demo.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "controller/demo/guardian.h"
#include "controller/demo/kernel_counters.h"
#include "controller/demo/stage.h"

namespace pagefare::demo {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Below this, what moves of the smallest tenant drowns in the pages of its process.
constexpr std::uint64_t kLeastTenantBytes = 4ULL << 20;

bool stopped(const DemoSettings& settings) {
  return settings.stop != nullptr && settings.stop->load();
}

Result<void> check(const DemoSettings& settings) {
  const auto& prefix = settings.cgroup_prefix;
  if (prefix.empty() || prefix.front() == '.' || prefix.find('/') != std::string::npos) {
    return fail("\"" + prefix +
                "\" is no name for a cgroup: it must not be empty, begin with a dot or hold a /");
  }
  if (settings.tenants.empty()) return fail("the demo needs at least one tenant");
  if (::geteuid() != 0) {
    return fail(
        "the demo makes cgroups and triggers compaction, which takes root: run it with sudo");
  }
  return {};
}

Result<std::vector<TenantSize>> size_tenants(const DemoSettings& settings) {
  const auto available = available_memory();
  if (!available) return tl::make_unexpected(available.error());
  auto tenants = fit_to_memory(settings.tenants, *available);
  for (const auto& tenant : tenants) {
    if (tenant.size.value < kLeastTenantBytes) {
      return fail(
          fmt::format("too little memory is free: {} MiB are available, and the demo uses "
                      "at most 40 % of that; free some",
                      available->value >> 20));
    }
  }
  return tenants;
}

std::string describe(const DemoStep& step) {
  std::string line = fmt::format("{} by {}:", name(step.action), step.initiator);
  for (const auto& owner : step.owners) {
    if (owner.moved.value != 0) {
      line += fmt::format(" {} {} pages,", owner.tenant, owner.moved.value);
    }
  }
  return line + fmt::format(" kernel counts {} ({:.2f} s)", step.kernel_pages.value,
                            std::chrono::duration<double>(step.wall).count());
}

void add(const DemoStep& step, DemoReport& report) {
  Pages moved;
  for (const auto& owner : step.owners) {
    moved += owner.moved;
    report.lost += owner.lost;
    for (auto& cgroup : report.cgroups) {
      if (cgroup.path.ends_with("/" + owner.tenant)) {
        cgroup.owned.value += owner.moved.value * report.page_bytes;
      }
    }
  }
  for (auto& cgroup : report.cgroups) {
    if (!cgroup.path.ends_with("/" + step.initiator)) continue;
    cgroup.initiated.value += moved.value * report.page_bytes;
    cgroup.initiated_kernel.value += step.kernel_pages.value * report.page_bytes;
  }
  report.owned += moved;
  report.kernel_pages += step.kernel_pages;
  report.steps.push_back(step);
}

/// Rounds until the time is over; an interruption is an end like any other.
Result<void> play(const DemoSettings& settings, const DemoCgroups& cgroups, Stage& stage,
                  DemoReport& report) {
  const auto start = SteadyClock::now();
  const auto first = migrated_pages();
  if (!first) return tl::make_unexpected(first.error());
  const auto take = [&](const Result<DemoStep>& step) -> Result<void> {
    if (!step) return stopped(settings) ? Result<void>{} : tl::make_unexpected(step.error());
    add(*step, report);
    settings.progress(fmt::format("round {}: {}", report.rounds + 1, describe(*step)));
    return {};
  };
  const auto over = [&] { return SteadyClock::now() - start >= settings.duration; };
  do {
    if (const auto done = take(stage.compact(report.rounds)); !done) return done;
    for (const DemoAction action : stage.node_actions(cgroups.has_cpuset())) {
      if (stopped(settings) || (report.rounds > 0 && over())) break;
      const auto done = take(stage.move_between_nodes(action, report.rounds));
      if (!done) return done;
    }
    if (!stopped(settings)) ++report.rounds;
  } while (!stopped(settings) && !over());
  const auto last = migrated_pages();
  if (!last) return tl::make_unexpected(last.error());
  report.kernel_pages_elapsed = *last - *first;
  report.elapsed = SteadyClock::now() - start;
  return {};
}

Result<void> name_cgroups(const DemoCgroups& cgroups, const std::vector<std::string>& names,
                          const std::vector<TenantSize>& tenants, DemoReport& report) {
  for (const auto& child : names) {
    const auto id = cgroups.id(child);
    if (!id) return tl::make_unexpected(id.error());
    const auto tenant = std::ranges::find(tenants, child, &TenantSize::name);
    const bool owns = tenant != tenants.end();
    report.cgroups.push_back({cgroups.path(child),
                              owns ? "tenant" : child,
                              *id,
                              owns ? tenant->size : Bytes{},
                              {},
                              {},
                              {}});
  }
  return {};
}

Result<void> perform(const DemoSettings& settings, const DemoCgroups& cgroups,
                     const std::vector<std::string>& names, const std::vector<TenantSize>& tenants,
                     DemoReport& report) {
  if (const auto named = name_cgroups(cgroups, names, tenants, report); !named) return named;
  Stage stage(settings, cgroups, report.nodes);
  settings.progress("filling the tenants' memory");
  if (const auto ready = stage.set_up(tenants); !ready) {
    return stopped(settings) ? Result<void>{} : ready;
  }
  const auto module_before = read_copy_module();
  if (module_before) {
    settings.progress(fmt::format("the copy module is loaded: engine {}, offloading {}",
                                  module_before->engine, module_before->offloading ? 1 : 0));
  }
  const auto played = play(settings, cgroups, stage, report);
  if (const auto module = read_copy_module()) report.copy_module = since(*module, module_before);
  return played;
}

}  // namespace

const char* name(DemoAction action) {
  switch (action) {
    case DemoAction::kCompaction:
      return "compaction";
    case DemoAction::kMovePagesOwn:
      return "move_pages_own";
    case DemoAction::kMovePagesOther:
      return "move_pages_other";
    case DemoAction::kMbind:
      return "mbind";
    case DemoAction::kMigratePages:
      return "migrate_pages";
    case DemoAction::kCpusetMems:
      return "cpuset_mems";
  }
  return "unknown";
}

Result<DemoReport> run_demo(const DemoSettings& settings) {
  if (const auto sound = check(settings); !sound) return tl::make_unexpected(sound.error());
  const auto roots = find_cgroup_roots();
  if (!roots) return tl::make_unexpected(roots.error());
  const auto tenants = size_tenants(settings);
  if (!tenants) return tl::make_unexpected(tenants.error());
  const auto nodes = memory_nodes();
  if (!nodes) return tl::make_unexpected(nodes.error());

  DemoReport report;
  report.page_bytes = page_size();
  report.nodes = *nodes;
  std::vector<std::string> names;
  for (const auto& tenant : *tenants) names.push_back(tenant.name);
  names.emplace_back(kCompactor);
  const bool several_nodes = nodes->size() > 1 && !roots->cpuset.empty();
  if (nodes->size() > 1) names.emplace_back(kMover);

  DemoCgroups cgroups(*roots, settings.cgroup_prefix, names, several_nodes);
  if (const auto made = cgroups.create(); !made) return tl::make_unexpected(made.error());
  auto guardian = Guardian::post(cgroups);
  const Result<void> played = guardian ? perform(settings, cgroups, names, *tenants, report)
                                       : Result<void>(tl::make_unexpected(guardian.error()));
  const auto removed = cgroups.remove();
  if (removed && guardian) guardian->dismiss();
  if (!played) return tl::make_unexpected(played.error());
  if (!removed) return tl::make_unexpected(removed.error());
  report.interrupted = stopped(settings);
  return report;
}

}  // namespace pagefare::demo
