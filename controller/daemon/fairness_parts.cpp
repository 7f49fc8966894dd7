// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/fairness_parts.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>

#include "controller/edge/config_fairness.h"
#include "controller/edge/own_cgroup.h"
#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

std::string boot_id(const Roots& roots) {
  auto text = read_text_file(roots.proc + "/sys/kernel/random/boot_id");
  if (!text) return "";
  text->erase(std::ranges::find(*text, '\n'), text->end());
  return *text;
}

FairnessSettings settings_of(const Config& config, const Roots& roots) {
  const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
  FairnessSettings settings;
  settings.mode = config.mode;
  settings.policy = fair_policy(config);
  settings.own_path = own_cgroup(roots);
  settings.boot_id = boot_id(roots);
  settings.cpus = cpus > 0 ? static_cast<std::uint32_t>(cpus) : 1;
  return settings;
}

/// Where budgets are settled.
std::unique_ptr<BpfCgroupBirths> watch_births(const Config& config, const Roots& roots) {
  if (config.mode == Mode::kObserve) return nullptr;
  auto births = BpfCgroupBirths::open(memory_hierarchy(roots));
  if (births) return *std::move(births);
  spdlog::warn("what cgroups used that lived for less than a period counts for nobody's budget: {}",
               births.error().message);
  return nullptr;
}

}  // namespace

FairnessParts::FairnessParts(const Config& config, const Roots& roots, CgroupNames& names,
                             Clock& clock, Levers* levers, const std::string& state_directory)
    : store_(state_directory),
      cpus_(roots, clock),
      births_(watch_births(config, roots)),
      fairness_(settings_of(config, roots), {.names = names,
                                             .clock = clock,
                                             .cpus = &cpus_,
                                             .levers = levers,
                                             .memory = &store_,
                                             .births = births_.get()}) {}

}  // namespace pagefare
