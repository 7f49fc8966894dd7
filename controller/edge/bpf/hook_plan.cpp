// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/hook_plan.h"

#include <algorithm>
#include <array>
#include <optional>

namespace pagefare {

namespace {

struct Tracepoint {
  const char* program;
  const char* tracepoint;
  const char* purpose;
};

constexpr std::array kCallHooks{
    Tracepoint{"on_mm_migrate_pages_start", "mm_migrate_pages_start", "opens every call"},
    Tracepoint{"on_mm_migrate_pages", "mm_migrate_pages", "closes every call"},
    Tracepoint{"on_sched_switch", "sched_switch", "takes time off the CPU out of calls and work"},
};
constexpr std::array kWorkerHooks{
    Tracepoint{"on_workqueue_queue_work", "workqueue_queue_work", "who asked for copy work"},
    Tracepoint{"on_workqueue_execute_start", "workqueue_execute_start", "copy work begins"},
    Tracepoint{"on_workqueue_execute_end", "workqueue_execute_end", "copy work ends"},
};
constexpr std::array kPortableHooks{
    Tracepoint{"on_remove_migration_pte", "remove_migration_pte", "owners of mapped folios"},
    Tracepoint{"on_remove_migration_pmd", "remove_migration_pmd", "owners of mapped huge folios"},
};

struct OwnerHook {
  const char* program;
  const char* function;
};
// In order of preference: the first sees hugetlb too, the second no compiler can inline.
constexpr std::array kOwnerHooks{OwnerHook{"on_folio_migrate_flags", "folio_migrate_flags"},
                                 OwnerHook{"on_mem_cgroup_migrate", "mem_cgroup_migrate"}};
// The function that copies a folio's content: since 6.11, and before.
constexpr std::array kCopyFunctions{"folio_mc_copy", "folio_copy"};

void add_tracepoints(HookPlan& plan, const HookFindings& findings, const auto& hooks, bool wanted,
                     const std::string& why_not) {
  for (const Tracepoint& hook : hooks) {
    const bool exists = findings.has_tracepoint(hook.tracepoint);
    plan.programs.push_back({.name = hook.program,
                             .hook = std::string("tp_btf/") + hook.tracepoint,
                             .function = {},
                             .load = wanted && exists,
                             .why = !exists  ? "this kernel has no such tracepoint"
                                    : wanted ? hook.purpose
                                             : why_not});
  }
}

/// The first owner hook that can be used; adds all of them to the plan.
std::optional<OwnerHook> choose_owner_hook(HookPlan& plan, const HookFindings& findings,
                                           LayerWish wish, std::string& refusal) {
  std::optional<OwnerHook> chosen;
  for (const OwnerHook& hook : kOwnerHooks) {
    PlannedProgram program{.name = hook.program,
                           .hook = std::string("fentry/") + hook.function,
                           .function = hook.function,
                           .load = false,
                           .why = {}};
    if (wish == LayerWish::kPortable) {
      program.why = "the portable layer was asked for";
    } else if (chosen) {
      program.why = std::string(chosen->function) + " does the same";
    } else if (findings.silent.contains(hook.program)) {
      program.why = "attached, but did not fire when a folio moved (an inlined copy runs instead)";
    } else if (const auto possible = findings.trampoline(hook.function); !possible) {
      program.why = possible.error().message;
    } else {
      chosen = hook;
      program.load = true;
      program.why = "owner and bytes of every folio that moves";
    }
    if (!program.load && refusal.empty()) refusal = program.why;
    plan.programs.push_back(program);
  }
  return chosen;
}

void add_copy_hooks(HookPlan& plan, const HookFindings& findings, bool wanted) {
  std::string function;
  std::string why = "the portable layer shares out time within each call";
  for (const char* candidate : kCopyFunctions) {
    if (!wanted || !function.empty()) break;
    if (const auto possible = findings.trampoline(candidate); possible) {
      function = candidate;
      why = "time inside the copy function";
    } else {
      why = possible.error().message;
    }
  }
  const std::string shown = function.empty() ? kCopyFunctions.front() : function;
  plan.programs.push_back({.name = "on_folio_copy",
                           .hook = "fentry/" + shown,
                           .function = function,
                           .load = !function.empty(),
                           .why = why});
  plan.programs.push_back({.name = "on_folio_copied",
                           .hook = "fexit/" + shown,
                           .function = function,
                           .load = !function.empty(),
                           .why = why});
}

void add_dma_hooks(HookPlan& plan, const HookFindings& findings) {
  const char* why = findings.kprobes ? "bytes and channel time of DMA batches"
                                     : "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)";
  for (const char* program : {kOnDmaFolio, kOnDmaList, kOnDmaDone}) {
    plan.programs.push_back({.name = program,
                             .hook = program == kOnDmaDone ? "kretprobe" : "kprobe",
                             .function = {},
                             .load = findings.kprobes,
                             .why = why});
  }
}

void explain_layer(HookPlan& plan, const std::optional<OwnerHook>& owner,
                   const std::string& refusal, const HookFindings& findings) {
  if (owner) {
    plan.layer = Layer::kPrecise;
    plan.owner_program = owner->program;
    plan.layer_why = std::string("fentry on ") + owner->function + " sees every folio that moves";
  } else {
    plan.layer = Layer::kPortable;
    plan.layer_why = refusal + "; owners come from migration entries, time is shared out";
    if (!findings.no_page_array.empty()) {
      plan.layer_why = refusal + "; owners are unknown: " + findings.no_page_array;
    }
  }
}

}  // namespace

const PlannedProgram* HookPlan::find(const std::string& name) const {
  const auto found = std::ranges::find(programs, name, &PlannedProgram::name);
  return found == programs.end() ? nullptr : &*found;
}

Result<HookPlan> plan_hooks(const HookFindings& findings, LayerWish wish) {
  HookPlan plan;
  add_tracepoints(plan, findings, kCallHooks, true, {});
  for (const char* needed : {"on_mm_migrate_pages_start", "on_mm_migrate_pages"}) {
    if (!plan.find(needed)->load) {
      return fail(plan.find(needed)->hook +
                  ": this kernel has no such tracepoint; pagefare needs Linux 5.17 or later built "
                  "with CONFIG_MIGRATION and CONFIG_TRACEPOINTS");
    }
  }
  add_tracepoints(plan, findings, kWorkerHooks, true, {});
  std::string refusal;
  const auto owner = choose_owner_hook(plan, findings, wish, refusal);
  if (!owner && wish == LayerWish::kPrecise) {
    return fail("layer = \"precise\" was asked for, but " + refusal +
                "; set layer = \"auto\" to fall back to the portable layer");
  }
  add_copy_hooks(plan, findings, owner.has_value());
  add_dma_hooks(plan, findings);
  const bool portable = !owner && findings.no_page_array.empty();
  add_tracepoints(plan, findings, kPortableHooks, portable,
                  owner ? "the precise layer sees owners" : findings.no_page_array);
  explain_layer(plan, owner, refusal, findings);
  return plan;
}

}  // namespace pagefare
