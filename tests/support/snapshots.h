// SPDX-License-Identifier: Apache-2.0
// A snapshot in which every field that is shown has a value of its own, and a clock set by hand.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "controller/core/snapshot.h"
#include "controller/ports/clock.h"

namespace pagefare::test {

/// May be read and set by several threads.
class HandClock : public Clock {
 public:
  Nanoseconds monotonic() override { return Nanoseconds(now_ns.load()); }
  std::int64_t unix_ns() override { return 0; }
  Nanoseconds thread_cpu() override { return {}; }

  void advance(Nanoseconds by) { now_ns += by.count(); }

  std::atomic<std::int64_t> now_ns{1'000'000'000};
};

inline CopyCost copy_cost(std::uint64_t bytes, std::uint64_t folios, std::int64_t cpu_ns) {
  return {{bytes}, {folios}, Nanoseconds(cpu_ns)};
}

inline CgroupRow row(std::string path, std::uint64_t id, std::uint64_t scale) {
  CgroupRow row{.path = std::move(path), .id = id, .account = {}};
  const auto times = static_cast<std::int64_t>(scale);
  row.account.initiator = copy_cost(4096 * scale, scale, 1'000 * times);
  row.account.owner = copy_cost(8192 * scale, 2 * scale, 2'000 * times);
  row.account.charged = copy_cost(12288 * scale, 3 * scale, 3'000 * times);
  row.account.worker_cpu_initiated = Nanoseconds(400 * times);
  row.account.worker_cpu_owned = Nanoseconds(500 * times);
  row.account.outside_quota = Nanoseconds(600 * times);
  row.account.dma_bytes = {7 * scale};
  row.account.dma_channel = Nanoseconds(800 * times);
  return row;
}

inline Health populated_health() {
  Health health;
  health.programs = {{.name = "on_mm_migrate_pages",
                      .hook = "tp_btf/mm_migrate_pages",
                      .attached = true,
                      .why = "counts calls",
                      .runs = 10,
                      .run_time = Nanoseconds(2'500),
                      .missed = 1},
                     {.name = "on_folio_copy",
                      .hook = "fentry/folio_mc_copy",
                      .attached = false,
                      .why = "not in this kernel",
                      .runs = 0,
                      .run_time = {},
                      .missed = 0}};
  health.maps = {{.name = "folios", .entries = 12, .max_entries = 8192, .memory = {65536}}};
  health.periods = 100;
  health.failed_periods = 2;
  health.last_period_cpu = Nanoseconds(150'000);
  health.total_period_cpu = Nanoseconds(15'000'000);
  health.resolve_failures = 3;
  return health;
}

inline Losses populated_losses() {
  Losses losses;
  losses.call_map_full = 1;
  losses.folio_map_full = 2;
  losses.folio_bytes = {8192};
  losses.folio_cpu = Nanoseconds(3'000);
  losses.worker_map_full = 4;
  losses.worker_cpu = Nanoseconds(5'000);
  losses.dma_map_full = 6;
  losses.queue_map_full = 7;
  losses.no_task_state = 8;
  losses.nested_too_deep = 9;
  losses.unmatched_call_ends = 10;
  losses.unmatched_work_starts = 11;
  losses.overcounted = {12};
  losses.missed_runs = 13;
  losses.refused_records = 14;
  return losses;
}

inline void populate_sums(Snapshot& snapshot) {
  snapshot.totals = {.calls = 50,
                     .pages_migrated = {900},
                     .pages_failed = {10},
                     .bytes = {1'000'000},
                     .folios = {244},
                     .copy_cpu = Nanoseconds(2'000'000'000),
                     .content_copy = Nanoseconds(1'500'000'000),
                     .worker_cpu = Nanoseconds(250'000'000),
                     .worker_items = 77,
                     .dma_bytes = {4096},
                     .dma_channel = Nanoseconds(90'000'000),
                     .dma_batches = 5,
                     .dma_failures = 1};
  snapshot.unattributed[static_cast<std::size_t>(Cause::kUnseen)] = {
      .cost = copy_cost(10'000, 3, 20'000'000),
      .worker_cpu = Nanoseconds(1'000'000),
      .dma_bytes = {11},
      .dma_channel = Nanoseconds(12)};
  snapshot.unattributed[static_cast<std::size_t>(Cause::kNoMemcg)].cost =
      copy_cost(10'000, 2, 40'000'000);
  snapshot.classes = {{{MigrateReason::kCompaction, 0}, copy_cost(600'000, 200, 1'000'000)},
                      {{MigrateReason::kDemotion, 9}, copy_cost(400'000, 44, 2'000'000)}};
  snapshot.flows = {{{NodeId{0}, NodeId{1}}, copy_cost(700'000, 100, 5'000'000)},
                    {{kNoNode, kNoNode}, copy_cost(300'000, 144, 6'000'000)}};
  snapshot.calls = {{{InitiatorKind::kTask, MigrateReason::kSyscallOrCpuset},
                     {.calls = 30,
                      .pages_migrated = {800},
                      .pages_failed = {4},
                      .thp_migrated = 5,
                      .thp_failed = 6,
                      .thp_split = 7,
                      .cpu = Nanoseconds(1'250'000'000)}}};
  CallHistograms& histograms = snapshot.call_histograms[MigrateReason::kSyscallOrCpuset];
  histograms.by_cpu[10] = 4;
  histograms.by_cpu[11] = 20;
  histograms.by_cpu.back() = 6;
  histograms.by_pages[0] = 29;
  histograms.by_pages[9] = 1;
  histograms.cpu = Nanoseconds(1'250'000'000);
  histograms.pages = {541};
}

inline fair::FairState populated_fairness() {
  fair::FairState state;
  state.active = true;
  state.why_not = "the mode is advise";
  state.capacity = {2'000'000'000, fair::kUnlimited, fair::kUnlimited};
  fair::TenantRow tenant;
  tenant.path = "/a.slice";
  tenant.match = "/*.slice";
  tenant.weight = 100;
  tenant.used = {1'500'000'000, 4096, 0};
  tenant.allocated = {1'000'000'000, fair::kUnlimited, fair::kUnlimited};
  tenant.dominant_ppm = 750'000;
  tenant.dues.used = {9'000'000'000, 8192, 0};
  tenant.stage = fair::Stage::kGate;
  tenant.rule = fair::Rule::kShare;
  tenant.sentence = "/a.slice would use more than it may.";
  tenant.cgroups = 2;
  state.tenants.push_back(tenant);
  fair::Verdict verdict;
  verdict.id = 1;
  verdict.unix_ns = 1'700'000'001'000'000'000;
  verdict.path = "/a.slice";
  verdict.rule = fair::Rule::kShare;
  verdict.to = fair::Stage::kGate;
  verdict.would_have = true;
  verdict.sentence = "over its share";
  state.history.push_back(verdict);
  state.verdicts[static_cast<std::size_t>(fair::Rule::kShare)] = 1;
  state.would_have[static_cast<std::size_t>(fair::Stage::kGate)] = 1;
  state.takes_pod_budgets = true;
  state.pod_budgets = 1;
  return state;
}

inline Snapshot populated_snapshot() {
  Snapshot snapshot;
  snapshot.version = "0.1.0";
  snapshot.layer = Layer::kPrecise;
  snapshot.layer_why = "every folio is seen with its owner";
  snapshot.page_size = 4096;
  snapshot.period = std::chrono::seconds(1);
  snapshot.start_unix_ns = 1'700'000'000'500'000'000;
  snapshot.uptime = std::chrono::seconds(100);
  populate_sums(snapshot);
  snapshot.rows = {row("/", 1, 10), row("/a.slice/b", 42, 20), row("[kcompactd]", 0, 5)};
  snapshot.losses = populated_losses();
  snapshot.pod_names = {
      .wanted = true, .complete = true, .pods = 3, .failures = {{"timeout", 2}}, .last_error = {}};
  snapshot.health = populated_health();
  snapshot.knobs.rows = {{.name = "pagefare_copy.threads", .value = "8", .grip = Grip::kOurs}};
  snapshot.fair = populated_fairness();
  snapshot.warnings = {"the folio map was full; raise bpf.max_folios"};
  return snapshot;
}

inline SnapshotPtr shared(Snapshot snapshot) {
  return std::make_shared<const Snapshot>(std::move(snapshot));
}

}  // namespace pagefare::test
