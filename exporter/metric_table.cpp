// SPDX-License-Identifier: Apache-2.0
#include "exporter/metric_table.h"

#include <algorithm>

namespace pagefare {
namespace {

using enum Metric;
constexpr auto kC = MetricType::kCounter;
constexpr auto kG = MetricType::kGauge;
constexpr auto kH = MetricType::kHistogram;

constexpr std::array<std::string_view, 2> kNoLabels{};
constexpr std::array<std::string_view, 2> kByCall{"initiator_kind", "reason"};
constexpr std::array<std::string_view, 2> kByReason{"reason"};
constexpr std::array<std::string_view, 2> kByView{"cgroup", "view"};
constexpr std::array<std::string_view, 2> kByCgroup{"cgroup"};
constexpr std::array<std::string_view, 2> kByCause{"cause"};
constexpr std::array<std::string_view, 2> kByClass{"reason", "size"};
constexpr std::array<std::string_view, 2> kByWay{"source", "destination"};
constexpr std::array<std::string_view, 2> kByKind{"kind"};
constexpr std::array<std::string_view, 2> kByKnob{"knob", "grip"};
constexpr std::array<std::string_view, 2> kByEngine{"engine"};
constexpr std::array<std::string_view, 2> kByRule{"rule", "outcome"};
constexpr std::array<std::string_view, 2> kByOutcome{"outcome"};
constexpr std::array<std::string_view, 2> kByTenant{"tenant"};
constexpr std::array<std::string_view, 2> kByVerdict{"rule"};
constexpr std::array<std::string_view, 2> kByStep{"step", "outcome"};
constexpr std::array<std::string_view, 2> kByLever{"lever", "outcome"};
constexpr std::array<std::string_view, 2> kByProgram{"program"};
constexpr std::array<std::string_view, 2> kByMap{"map"};
constexpr std::array<std::string_view, 2> kByForm{"format", "encoding"};

constexpr std::array<MetricSpec, kMetrics> kTable{{
    // What is running.
    {kBuildInfo, "pagefare_build_info", kG, "1", {"version"}, "", "The version that runs."},
    {kMode, "pagefare_mode", kG, "1", {"mode"}, "", "The mode: observe, advise or enforce."},
    {kLayer,
     "pagefare_layer",
     kG,
     "1",
     {"layer"},
     "",
     "The set of hooks in use: precise, portable, or none while nothing could be attached."},
    {kChargeRule,
     "pagefare_charge_rule",
     kG,
     "1",
     {"rule"},
     "",
     "Who is charged: rule (the task that asked, else the owner), initiator or owner."},
    {kStartTime, "pagefare_start_time_seconds", kG, "seconds", kNoLabels, "",
     "When counting began, in Unix time."},
    {kPageSize, "pagefare_page_size_bytes", kG, "bytes", kNoLabels, "",
     "Base page size of the kernel."},
    {kPeriod, "pagefare_period_seconds", kG, "seconds", kNoLabels, "",
     "Time between two readings of the kernel's counters."},
    {kWarnings, "pagefare_warnings", kG, "warnings", kNoLabels, "",
     "Warnings in force; their text is in /status."},
    // Calls of migrate_pages().
    {kMigrateCalls, "pagefare_migrate_calls_total", kC, "calls", kByCall, "initiator_kind, reason",
     "Calls of migrate_pages() in the kernel."},
    {kMigratedPages, "pagefare_migrated_pages_total", kC, "base pages", kByCall,
     "initiator_kind, reason",
     "Base pages that the calls report as migrated; a copy engine that fails and falls back makes "
     "the kernel report some twice."},
    {kFailedPages, "pagefare_failed_pages_total", kC, "base pages", kByCall,
     "initiator_kind, reason", "Base pages that the calls could not migrate."},
    {kMigratedThps, "pagefare_migrated_thps_total", kC, "huge pages", kByCall,
     "initiator_kind, reason", "Transparent huge pages migrated whole."},
    {kFailedThps, "pagefare_failed_thps_total", kC, "huge pages", kByCall, "initiator_kind, reason",
     "Transparent huge pages that could not be migrated whole."},
    {kSplitThps, "pagefare_split_thps_total", kC, "huge pages", kByCall, "initiator_kind, reason",
     "Transparent huge pages split in order to be migrated."},
    {kCallCpu, "pagefare_call_cpu_seconds_total", kC, "seconds", kByCall, "initiator_kind, reason",
     "Time on CPU inside migrate_pages(), failed calls included."},
    {kCallLatency, "pagefare_call_latency_seconds", kH, "seconds", kByReason, "reason",
     "How long single calls of migrate_pages() were on CPU; calls whose start was not seen are "
     "left out."},
    {kCallSize, "pagefare_call_size_pages", kH, "base pages", kByReason, "reason",
     "How large single calls of migrate_pages() were, in base pages migrated or failed; calls "
     "whose start was not seen are left out."},
    // Who pays.
    {kCgroupBytes, "pagefare_cgroup_migrated_bytes_total", kC, "bytes", kByView, "cgroup",
     "Bytes migrated, by who asked (initiator), whose memory it was (owner) and who pays "
     "(charged)."},
    {kCgroupFolios, "pagefare_cgroup_migrated_folios_total", kC, "folios", kByView, "cgroup",
     "Folios migrated, by who asked, whose memory it was and who pays."},
    {kCgroupCopyCpu, "pagefare_cgroup_copy_cpu_seconds_total", kC, "seconds", kByView, "cgroup",
     "Time on CPU inside migrate_pages(), by who asked, whose memory it was and who pays."},
    {kCgroupWorkerCpu, "pagefare_cgroup_worker_cpu_seconds_total", kC, "seconds", kByView, "cgroup",
     "CPU time of kernel workers that copied for what the cgroup asked (initiator) or for its "
     "memory (owner)."},
    {kCgroupOutsideQuota, "pagefare_cgroup_outside_quota_seconds_total", kC, "seconds", kByCgroup,
     "cgroup", "CPU time of kernel workers charged to the cgroup: spent outside its cpu.max."},
    {kCgroupDmaBytes, "pagefare_cgroup_dma_bytes_total", kC, "bytes", kByCgroup, "cgroup",
     "Bytes copied by a DMA engine, by who pays."},
    {kCgroupDmaChannel, "pagefare_cgroup_dma_channel_seconds_total", kC, "seconds", kByCgroup,
     "cgroup", "Time that DMA channels were busy, by who pays. Not CPU time."},
    // Sums over the machine.
    {kMeasuredBytes, "pagefare_measured_bytes_total", kC, "bytes", kNoLabels, "",
     "Bytes migrated, whoever pays: the sum of all charged and all unattributed bytes."},
    {kMeasuredFolios, "pagefare_measured_folios_total", kC, "folios", kNoLabels, "",
     "Folios migrated, whoever pays."},
    {kMeasuredCopyCpu, "pagefare_measured_copy_cpu_seconds_total", kC, "seconds", kNoLabels, "",
     "Time on CPU inside migrate_pages(), whoever pays."},
    {kMeasuredContentCopy, "pagefare_measured_content_copy_seconds_total", kC, "seconds", kNoLabels,
     "", "Part of the copy CPU time spent copying contents; 0 in the portable layer."},
    {kWorkerCpu, "pagefare_worker_cpu_seconds_total", kC, "seconds", kNoLabels, "",
     "CPU time of kernel workers that copied, whoever pays."},
    {kWorkerItems, "pagefare_worker_items_total", kC, "work items", kNoLabels, "",
     "Copy work items that kernel workers ran."},
    {kDmaBytes, "pagefare_dma_bytes_total", kC, "bytes", kNoLabels, "",
     "Bytes copied by a DMA engine, whoever pays."},
    {kDmaChannel, "pagefare_dma_channel_seconds_total", kC, "seconds", kNoLabels, "",
     "Time that DMA channels were busy. Not CPU time."},
    {kDmaBatches, "pagefare_dma_batches_total", kC, "batches", kNoLabels, "",
     "Batches given to a DMA engine."},
    {kDmaFailures, "pagefare_dma_failures_total", kC, "batches", kNoLabels, "",
     "Batches that a DMA engine did not complete."},
    // What nobody pays.
    {kUnattributedBytes, "pagefare_unattributed_bytes_total", kC, "bytes", kByCause, "cause",
     "Bytes charged to nobody."},
    {kUnattributedFolios, "pagefare_unattributed_folios_total", kC, "folios", kByCause, "cause",
     "Folios charged to nobody."},
    {kUnattributedCopyCpu, "pagefare_unattributed_copy_cpu_seconds_total", kC, "seconds", kByCause,
     "cause", "Time on CPU inside migrate_pages() charged to nobody."},
    {kUnattributedWorkerCpu, "pagefare_unattributed_worker_cpu_seconds_total", kC, "seconds",
     kByCause, "cause", "CPU time of kernel workers charged to nobody."},
    {kUnattributedDmaBytes, "pagefare_unattributed_dma_bytes_total", kC, "bytes", kByCause, "cause",
     "Bytes copied by a DMA engine and charged to nobody."},
    {kUnattributedDmaChannel, "pagefare_unattributed_dma_channel_seconds_total", kC, "seconds",
     kByCause, "cause", "DMA channel time charged to nobody. Not CPU time."},
    {kCompleteness, "pagefare_attribution_completeness_ratio", kG, "ratio", kNoLabels, "",
     "Share of measured bytes and of measured copy CPU time that is charged to somebody, the "
     "smaller of the two; 1 when nothing was measured."},
    // What and where.
    {kClassBytes, "pagefare_class_bytes_total", kC, "bytes", kByClass, "reason, size",
     "Bytes migrated, by the kernel's reason and the folio's size."},
    {kClassFolios, "pagefare_class_folios_total", kC, "folios", kByClass, "reason, size",
     "Folios migrated, by the kernel's reason and the folio's size."},
    {kClassCopyCpu, "pagefare_class_copy_cpu_seconds_total", kC, "seconds", kByClass,
     "reason, size",
     "Time on CPU inside migrate_pages(), by the kernel's reason and the folio's size."},
    {kNodeBytes, "pagefare_node_bytes_total", kC, "bytes", kByWay, "source, destination",
     "Bytes migrated, by memory nodes; \"unknown\" where the layer cannot tell."},
    {kNodeFolios, "pagefare_node_folios_total", kC, "folios", kByWay, "source, destination",
     "Folios migrated, by memory nodes."},
    {kNodeCopyCpu, "pagefare_node_copy_cpu_seconds_total", kC, "seconds", kByWay,
     "source, destination", "Time on CPU inside migrate_pages(), by memory nodes."},
    // Knobs.
    {kKnobAlarm, "pagefare_knob_alarm", kG, "alarms", kByKind, "kind",
     "What is wrong with the machine's knobs: loses_data, not_active, conflict, unreadable; the "
     "sentences are in /status."},
    {kKnobGrip, "pagefare_knob_grip", kG, "1", kByKnob, "",
     "Knobs that we have written: ours, or theirs once somebody else changed them."},
    // Steering.
    {kSteerWorkers, "pagefare_steer_workers", kG, "workers", kByEngine, "",
     "Workers that copy now, by engine: mt (threads) or dma (channels); 0 where the engine is "
     "off."},
    {kSteerTargetWorkers, "pagefare_steer_target_workers", kG, "workers", kByEngine, "",
     "Where the last decision is going, by engine."},
    {kSteerDeciding, "pagefare_steer_deciding", kG, "1", kNoLabels, "",
     "1 while a governor decides; 0 in mode observe, without an engine, or while something cannot "
     "be read."},
    {kSteerDecisions, "pagefare_steer_decisions_total", kC, "decisions", kByRule, "rule, outcome",
     "Decisions by rule and by what became of them; would: mode advise, nothing was written."},
    {kSteerHeldPeriods, "pagefare_steer_held_periods_total", kC, "periods", kNoLabels, "",
     "Periods in which nothing was decided."},
    {kSteerRegret, "pagefare_steer_regret_ratio", kG, "1", kNoLabels, "",
     "Estimated share of throughput that the present setting loses against the best known one."},
    {kSteerLost, "pagefare_steer_lost_seconds_total", kC, "seconds", kNoLabels, "",
     "The same estimate as time of copying, since the start."},
    {kSteerCpusAvailable, "pagefare_steer_cpus_available", kG, "CPUs", kNoLabels, "",
     "CPUs that were idle or busy with copying in the last period."},
    {kSteerMaskWrites, "pagefare_steer_mask_writes_total", kC, "writes", kByOutcome, "outcome",
     "Writes of the mask of reasons; would: mode advise, nothing was written."},
    // Fairness.
    {kFairEnforcing, "pagefare_fair_enforcing", kG, "1 or 0", kNoLabels, "",
     "Whether budgets are enforced. The metrics of fairness exist while budgets are set."},
    {kBudgetStage, "pagefare_budget_stage", kG, "0 to 3", kByTenant, "",
     "How far the escalation is: 0 under, 1 limit, 2 repay, 3 gate; in advise, would be."},
    {kBudgetShare, "pagefare_budget_dominant_share", kG, "1", kByTenant, "",
     "Its largest share of a scarce resource in the last period."},
    {kBudgetUsedCpu, "pagefare_budget_used_cpu_seconds_total", kC, "seconds", kByTenant, "tenant",
     "Copy CPU charged to it, workers' time included, over restarts."},
    {kBudgetEarnedCpu, "pagefare_budget_earned_cpu_seconds_total", kC, "seconds", kByTenant,
     "tenant", "Copy CPU that was its share, had everybody wanted everything."},
    {kBudgetLentCpu, "pagefare_budget_lent_cpu_seconds_total", kC, "seconds", kByTenant, "tenant",
     "Of its share, what it left to others or to nobody."},
    {kBudgetBorrowedCpu, "pagefare_budget_borrowed_cpu_seconds_total", kC, "seconds", kByTenant,
     "tenant", "What it was given beyond its share, of what others did not want."},
    {kBudgetRefusals, "pagefare_budget_gate_refusals_total", kC, "calls", kByTenant, "tenant",
     "Calls of its that the gate answered."},
    {kBudgetRepaid, "pagefare_budget_repaid_cpu_seconds_total", kC, "seconds", kByTenant, "tenant",
     "CPU time taken back through its cpu.max."},
    {kFairVerdicts, "pagefare_fair_verdicts_total", kC, "verdicts", kByVerdict, "rule",
     "Verdicts that said something new, by rule."},
    {kFairSteps, "pagefare_fair_steps_total", kC, "steps", kByStep, "step, outcome",
     "Steps up of the escalation; would: mode advise, nothing was done."},
    {kFairLeverOutcomes, "pagefare_fair_lever_outcomes_total", kC, "outcomes", kByLever,
     "lever, outcome", "What became of what the levers were told, per cgroup and period."},
    {kFairFailures, "pagefare_fair_failed_applies_total", kC, "periods", kNoLabels, "",
     "Periods in which the levers could not be told."},
    {kPodBudgets, "pagefare_pod_budgets", kG, "pods", kNoLabels, "",
     "Pods whose annotations, or labels of whose namespace, are their budget."},
    {kPodBudgetFaults, "pagefare_pod_budget_faults", kG, "faults", kNoLabels, "",
     "Annotations of pods that are ignored or not granted as asked for; the sentences are in "
     "/status."},
    // What it costs to know.
    {kProgramAttached, "pagefare_bpf_program_attached", kG, "1 or 0", kByProgram, "",
     "Whether the BPF program is attached."},
    {kProgramRunTime, "pagefare_bpf_run_seconds_total", kC, "seconds", kByProgram, "program",
     "Run time of the BPF program; 0 while the kernel's BPF statistics are off."},
    {kProgramRuns, "pagefare_bpf_runs_total", kC, "runs", kByProgram, "program",
     "Runs of the BPF program; 0 while the kernel's BPF statistics are off."},
    {kProgramMissed, "pagefare_bpf_missed_total", kC, "runs", kByProgram, "program",
     "Runs of the BPF program that the kernel skipped."},
    {kMapEntries, "pagefare_bpf_map_entries", kG, "entries", kByMap, "", "Entries in the BPF map."},
    {kMapMaxEntries, "pagefare_bpf_map_max_entries", kG, "entries", kByMap, "",
     "Entries that the BPF map can hold."},
    {kMapBytes, "pagefare_bpf_map_bytes", kG, "bytes", kByMap, "map",
     "Memory that the kernel holds for the BPF map."},
    {kPeriodCpu, "pagefare_period_cpu_seconds_total", kC, "seconds", kNoLabels, "",
     "CPU time that the daemon spent reading and attributing."},
    {kLastPeriodCpu, "pagefare_last_period_cpu_seconds", kG, "seconds", kNoLabels, "",
     "CPU time that the daemon spent on the last period."},
    {kPeriods, "pagefare_periods_total", kC, "periods", kNoLabels, "",
     "Periods, failed ones included."},
    {kFailedPeriods, "pagefare_failed_periods_total", kC, "periods", kNoLabels, "",
     "Periods in which the kernel's counters could not be read."},
    {kScrapes, "pagefare_scrapes_total", kC, "scrapes", kByForm, "format, encoding",
     "Answers to /metrics, until this text was made: one text serves everybody who asks for its "
     "form until the next period."},
    {kScrapeCpu, "pagefare_scrape_cpu_seconds", kH, "seconds", kNoLabels, "",
     "CPU time of making one text for /metrics, packed if asked for."},
    {kLosses,
     "pagefare_losses_total",
     kC,
     "events",
     {"loss"},
     "loss",
     "Events that could not be counted as they should be, by kind."},
    {kOvercountedPages, "pagefare_overcounted_pages_total", kC, "base pages", kNoLabels, "",
     "Pages that the kernel reported as migrated more than once."},
    {kResolveFailures, "pagefare_resolve_failures_total", kC, "look-ups", kNoLabels, "",
     "Look-ups of a cgroup's path that found none."},
    {kPods, "pagefare_pods", kG, "pods", kNoLabels, "",
     "Pods of this node that the cluster told of."},
    {kPodNamesComplete, "pagefare_pod_names_complete", kG, "1 or 0", kNoLabels, "",
     "Whether all pods of this node were heard of and nothing has failed since."},
    {kPodNameFailures,
     "pagefare_pod_name_failures_total",
     kC,
     "requests",
     {"cause"},
     "cause",
     "Requests for pods and for labels of namespaces that failed, by cause."},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].metric) != i || kTable[i].name.empty()) {
      return false;
    }
  }
  return true;
}
static_assert(in_order(), "the table lists every metric once, in the order of the enumeration");

}  // namespace

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
  }
  return "untyped";
}

std::span<const MetricSpec> metric_table() {
  return kTable;
}

const MetricSpec& spec(Metric metric) {
  return kTable[static_cast<std::size_t>(metric)];
}

std::size_t label_count(const MetricSpec& spec) {
  return static_cast<std::size_t>(
      std::ranges::count_if(spec.labels, [](std::string_view label) { return !label.empty(); }));
}

bool is_per_cgroup(const MetricSpec& spec) {
  return spec.labels[0] == "cgroup";
}

bool takes_labels(const MetricSpec& spec, std::size_t values) {
  const std::size_t own = label_count(spec);
  return values == own || (is_per_cgroup(spec) && values == own + kPodLabels.size());
}

std::string_view label_name(const MetricSpec& spec, std::size_t i) {
  const std::size_t own = label_count(spec);
  return i < own ? spec.labels[i] : kPodLabels[i - own];
}

}  // namespace pagefare
