// SPDX-License-Identifier: Apache-2.0
#include "exporter/snapshot_families.h"

#include <cstdint>
#include <map>
#include <ratio>
#include <string>
#include <string_view>
#include <utility>

#include "exporter/fair_families.h"
#include "exporter/family_set.h"
#include "exporter/histogram_families.h"
#include "exporter/knob_families.h"
#include "exporter/loss_counts.h"
#include "exporter/steer_families.h"
#include "exporter/units.h"
#include "exporter/utf8.h"

namespace pagefare {
namespace {

void add_running(FamilySet& set, const Snapshot& snapshot) {
  set.add(Metric::kBuildInfo, 1.0, {snapshot.version});
  set.add(Metric::kMode, 1.0, {name(snapshot.mode)});
  set.add(Metric::kLayer, 1.0, {name(snapshot.layer)});
  set.add(Metric::kChargeRule, 1.0, {name(snapshot.charge)});
  set.add(Metric::kStartTime, Nanoseconds(snapshot.start_unix_ns));
  set.add(Metric::kPageSize, std::uint64_t{snapshot.page_size});
  set.add(Metric::kPeriod, snapshot.period);
  set.add(Metric::kWarnings, std::uint64_t{snapshot.warnings.size()});
}

// Reasons that this build does not know share one name, so they must share one series.
void add_calls(FamilySet& set, const Snapshot& snapshot) {
  std::map<std::pair<std::string_view, std::string_view>, CallSum> by_name;
  for (const auto& [key, sum] : snapshot.calls) {
    CallSum& merged = by_name[{name(key.kind), name(key.reason)}];
    merged.calls += sum.calls;
    merged.pages_migrated += sum.pages_migrated;
    merged.pages_failed += sum.pages_failed;
    merged.thp_migrated += sum.thp_migrated;
    merged.thp_failed += sum.thp_failed;
    merged.thp_split += sum.thp_split;
    merged.cpu += sum.cpu;
  }
  for (const auto& [key, sum] : by_name) {
    const LabelValues labels{key.first, key.second};
    set.add(Metric::kMigrateCalls, sum.calls, labels);
    set.add(Metric::kMigratedPages, sum.pages_migrated.value, labels);
    set.add(Metric::kFailedPages, sum.pages_failed.value, labels);
    set.add(Metric::kMigratedThps, sum.thp_migrated, labels);
    set.add(Metric::kFailedThps, sum.thp_failed, labels);
    set.add(Metric::kSplitThps, sum.thp_split, labels);
    set.add(Metric::kCallCpu, sum.cpu, labels);
  }
}

/// One payer's samples, under its cgroup and, where it is a pod's, under the pod.
class PayerFamilies {
 public:
  PayerFamilies(FamilySet& set, const CgroupRow& row)
      : set_(set), cgroup_(valid_utf8(row.path)), pod_(row.pod) {}

  template <typename Value>
  void add(Metric metric, Value value, std::string_view view) {
    if (pod_.pod.empty()) {
      set_.add(metric, value, {cgroup_, view});
    } else {
      set_.add(metric, value, {cgroup_, view, pod_.name_space, pod_.pod, pod_.container});
    }
  }

  template <typename Value>
  void add(Metric metric, Value value) {
    if (pod_.pod.empty()) {
      set_.add(metric, value, {cgroup_});
    } else {
      set_.add(metric, value, {cgroup_, pod_.name_space, pod_.pod, pod_.container});
    }
  }

  void add_view(std::string_view view, const CopyCost& cost) {
    add(Metric::kCgroupBytes, cost.bytes.value, view);
    add(Metric::kCgroupFolios, cost.folios.value, view);
    add(Metric::kCgroupCopyCpu, cost.copy_cpu, view);
  }

 private:
  FamilySet& set_;
  std::string cgroup_;
  const PodName& pod_;
};

void add_payers(FamilySet& set, const Snapshot& snapshot) {
  for (const CgroupRow& row : snapshot.rows) {
    const Account& account = row.account;
    PayerFamilies payer(set, row);
    payer.add_view("initiator", account.initiator);
    payer.add_view("owner", account.owner);
    payer.add_view("charged", account.charged);
    payer.add(Metric::kCgroupWorkerCpu, account.worker_cpu_initiated, "initiator");
    payer.add(Metric::kCgroupWorkerCpu, account.worker_cpu_owned, "owner");
    payer.add(Metric::kCgroupOutsideQuota, account.outside_quota);
    payer.add(Metric::kCgroupDmaBytes, account.dma_bytes.value);
    payer.add(Metric::kCgroupDmaChannel, account.dma_channel);
  }
}

void add_pod_names(FamilySet& set, const PodNamesStatus& names) {
  if (!names.wanted) {
    return;
  }
  set.add(Metric::kPods, names.pods);
  set.add(Metric::kPodNamesComplete, std::uint64_t{names.complete ? 1U : 0U});
  for (const auto& [cause, count] : names.failures) {
    set.add(Metric::kPodNameFailures, count, {cause});
  }
}

void add_measured(FamilySet& set, const Snapshot& snapshot) {
  const Totals& totals = snapshot.totals;
  set.add(Metric::kMeasuredBytes, totals.bytes.value);
  set.add(Metric::kMeasuredFolios, totals.folios.value);
  set.add(Metric::kMeasuredCopyCpu, totals.copy_cpu);
  set.add(Metric::kMeasuredContentCopy, totals.content_copy);
  set.add(Metric::kWorkerCpu, totals.worker_cpu);
  set.add(Metric::kWorkerItems, totals.worker_items);
  set.add(Metric::kDmaBytes, totals.dma_bytes.value);
  set.add(Metric::kDmaChannel, totals.dma_channel);
  set.add(Metric::kDmaBatches, totals.dma_batches);
  set.add(Metric::kDmaFailures, totals.dma_failures);
}

void add_unattributed(FamilySet& set, const Snapshot& snapshot) {
  for (std::size_t i = 0; i < snapshot.unattributed.size(); ++i) {
    const Unattributed& part = snapshot.unattributed[i];
    const LabelValues labels{name(static_cast<Cause>(i))};
    set.add(Metric::kUnattributedBytes, part.cost.bytes.value, labels);
    set.add(Metric::kUnattributedFolios, part.cost.folios.value, labels);
    set.add(Metric::kUnattributedCopyCpu, part.cost.copy_cpu, labels);
    set.add(Metric::kUnattributedWorkerCpu, part.worker_cpu, labels);
    set.add(Metric::kUnattributedDmaBytes, part.dma_bytes.value, labels);
    set.add(Metric::kUnattributedDmaChannel, part.dma_channel, labels);
  }
  set.add(Metric::kCompleteness, static_cast<double>(completeness_ppm(snapshot)) / std::micro::den);
}

std::string node_label(NodeId node) {
  return node == kNoNode ? "unknown" : std::to_string(node.value);
}

void add_classes(FamilySet& set, const Snapshot& snapshot) {
  std::map<std::pair<std::string_view, std::string>, CopyCost> by_name;
  for (const auto& [key, cost] : snapshot.classes) {
    by_name[{name(key.reason), size_label(snapshot.page_size, key.order)}] += cost;
  }
  for (const auto& [key, cost] : by_name) {
    const LabelValues labels{key.first, key.second};
    set.add(Metric::kClassBytes, cost.bytes.value, labels);
    set.add(Metric::kClassFolios, cost.folios.value, labels);
    set.add(Metric::kClassCopyCpu, cost.copy_cpu, labels);
  }
}

void add_flows(FamilySet& set, const Snapshot& snapshot) {
  for (const auto& [key, cost] : snapshot.flows) {
    const std::string source = node_label(key.source);
    const std::string destination = node_label(key.destination);
    const LabelValues labels{source, destination};
    set.add(Metric::kNodeBytes, cost.bytes.value, labels);
    set.add(Metric::kNodeFolios, cost.folios.value, labels);
    set.add(Metric::kNodeCopyCpu, cost.copy_cpu, labels);
  }
}

void add_own_cost(FamilySet& set, const Snapshot& snapshot) {
  const Health& health = snapshot.health;
  for (const ProgramStatus& program : health.programs) {
    const LabelValues labels{program.name};
    set.add(Metric::kProgramAttached, program.attached ? 1.0 : 0.0, labels);
    set.add(Metric::kProgramRunTime, program.run_time, labels);
    set.add(Metric::kProgramRuns, program.runs, labels);
    set.add(Metric::kProgramMissed, program.missed, labels);
  }
  for (const MapStatus& map : health.maps) {
    set.add(Metric::kMapEntries, map.entries, {map.name});
    set.add(Metric::kMapMaxEntries, map.max_entries, {map.name});
    set.add(Metric::kMapBytes, map.memory.value, {map.name});
  }
  set.add(Metric::kPeriodCpu, health.total_period_cpu);
  set.add(Metric::kLastPeriodCpu, health.last_period_cpu);
  set.add(Metric::kPeriods, health.periods);
  set.add(Metric::kFailedPeriods, health.failed_periods);
  for (const LossCount& loss : loss_counts(snapshot.losses)) {
    set.add(Metric::kLosses, loss.events, {loss.name});
  }
  set.add(Metric::kOvercountedPages, snapshot.losses.overcounted.value);
  set.add(Metric::kResolveFailures, health.resolve_failures);
}

}  // namespace

void add_families(FamilySet& set, const Snapshot& snapshot) {
  add_running(set, snapshot);
  add_calls(set, snapshot);
  add_call_histograms(set, snapshot);
  add_payers(set, snapshot);
  add_pod_names(set, snapshot.pod_names);
  add_measured(set, snapshot);
  add_unattributed(set, snapshot);
  add_classes(set, snapshot);
  add_flows(set, snapshot);
  add_knobs(set, snapshot.knobs);
  add_steer_families(set, snapshot.steer);
  add_fair_families(set, snapshot.fair);
  add_own_cost(set, snapshot);
}

}  // namespace pagefare
