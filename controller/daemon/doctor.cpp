// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/doctor.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "controller/daemon/doctor_knobs.h"
#include "controller/daemon/lever_findings.h"
#include "controller/daemon/observation.h"
#include "controller/edge/machine_facts.h"

namespace pagefare {

namespace {

using Findings = std::vector<Finding>;

void examine_privileges(const MachineFacts& facts, Findings& findings) {
  for (const CapabilityFact& capability : facts.capabilities) {
    findings.push_back({.name = std::string(capability.name),
                        .required = false,
                        .ok = capability.effective,
                        .why = std::string(capability.reason),
                        .remedy = capability.effective ? "" : "run as root, or grant it"});
  }
}

void examine_kernel(const MachineFacts& facts, const Roots& roots, Findings& findings) {
  findings.push_back(
      {.name = "kernel type information (BTF)",
       .required = true,
       .ok = facts.kernel_btf,
       .why = roots.sys + "/kernel/btf/vmlinux " + (facts.kernel_btf ? "is there" : "is missing"),
       .remedy = facts.kernel_btf ? ""
                                  : "use a kernel built with CONFIG_DEBUG_INFO_BTF, as "
                                    "distributions ship them"});
  const std::string lockdown = facts.lockdown.value_or("unknown");
  findings.push_back(
      {.name = "kernel lockdown",
       .required = false,
       .ok = lockdown != "confidentiality",
       .why = lockdown + (lockdown == "confidentiality" ? ": BPF may not read kernel memory" : ""),
       .remedy = lockdown == "confidentiality" ? "boot with lockdown=integrity" : ""});
  const bool several = facts.nodes_with_memory.size() > 1;
  findings.push_back({.name = "several memory nodes",
                      .required = false,
                      .ok = several,
                      .why = std::to_string(facts.nodes_with_memory.size()) +
                             (several ? " nodes with memory"
                                      : " node with memory: only compaction and its like migrate"),
                      .remedy = several ? "" : "./dev run --guest shows a machine with several"});
  findings.push_back({.name = "loadable modules",
                      .required = false,
                      .ok = facts.modules_supported,
                      .why = facts.modules_supported
                                 ? "copy offload modules can be loaded"
                                 : "this kernel has none: no copy offload, nothing to steer",
                      .remedy = ""});
}

void examine_hierarchy(const Roots& roots, Findings& findings) {
  const auto hierarchy = find_memory_cgroups(roots);
  findings.push_back(
      {.name = "memory cgroups",
       .required = true,
       .ok = hierarchy.has_value(),
       .why = !hierarchy                ? hierarchy.error().message
              : hierarchy->memory_on_v2 ? "cgroup v2 at " + hierarchy->path
                                        : "cgroup v1 memory hierarchy at " + hierarchy->path,
       .remedy = hierarchy ? "" : "mount a cgroup hierarchy with the memory controller"});
}

void examine_programs(const Config& config, const Roots& roots, Clock& clock, Findings& findings) {
  const auto hierarchy = find_memory_cgroups(roots);
  const bool on_v2 = hierarchy && hierarchy->memory_on_v2;
  const auto source = BpfSource::open(bpf_settings(config, roots, on_v2), clock);
  if (!source) {
    findings.push_back({.name = "BPF programs",
                        .required = true,
                        .ok = false,
                        .why = source.error().message,
                        .remedy = geteuid() == 0 ? "see the message" : "run as root"});
    return;
  }
  const SourceStatus status = (*source)->status();
  findings.push_back({.name = "BPF programs",
                      .required = true,
                      .ok = true,
                      .why = "load and attach; " + std::string(name(status.layer)) + " layer",
                      .remedy = ""});
  findings.push_back({.name = "precise layer",
                      .required = false,
                      .ok = status.layer == Layer::kPrecise,
                      .why = status.layer_why,
                      .remedy = ""});
  for (const ProgramStatus& program : status.programs) {
    findings.push_back({.name = program.name,
                        .required = false,
                        .ok = program.attached,
                        .why = program.hook + ": " + program.why,
                        .remedy = ""});
  }
  for (const std::string& warning : status.warnings) {
    findings.push_back({.name = "warning", .required = false, .ok = false, .why = warning});
  }
}

}  // namespace

Findings examine(const Config& config, const Roots& roots, Clock& clock) {
  Findings findings;
  const MachineFacts facts = read_machine_facts(roots);
  examine_kernel(facts, roots, findings);
  examine_hierarchy(roots, findings);
  examine_privileges(facts, findings);
  examine_programs(config, roots, clock, findings);
  std::ranges::move(examine_levers(roots), std::back_inserter(findings));
  examine_knobs(roots, clock, findings);
  for (const std::string& problem : facts.problems) {
    findings.push_back({.name = "machine facts", .required = false, .ok = false, .why = problem});
  }
  return findings;
}

bool can_run(const Findings& findings) {
  return std::ranges::all_of(
      findings, [](const Finding& finding) { return finding.ok || !finding.required; });
}

}  // namespace pagefare
