// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/window_entries.h"

#include <algorithm>

namespace pagefare {

namespace {

Nanoseconds ns(std::uint64_t value) {
  return Nanoseconds(static_cast<std::int64_t>(value));
}

Owner to_owner(std::uint64_t owner) {
  if (owner == ABI_OWNER_NONE) return {.kind = Owner::Kind::kNoMemcg, .cgroup = {}};
  if (owner == ABI_OWNER_UNSEEN) return {.kind = Owner::Kind::kUnseen, .cgroup = {}};
  return {.kind = Owner::Kind::kCgroup, .cgroup = CgroupId{owner}};
}

Initiator to_initiator(std::uint8_t kind, std::uint64_t cgroup) {
  return {.kind = static_cast<InitiatorKind>(kind), .cgroup = CgroupId{cgroup}};
}

}  // namespace

bool is_refused(std::uint8_t kind) {
  return kind >= ABI_INITIATOR_KINDS;
}

CallEntry to_entry(const abi_call_key& key, const abi_call_value& added) {
  return {.initiator = to_initiator(key.kind, key.initiator),
          .reason = static_cast<MigrateReason>(key.reason),
          .mode = static_cast<MigrateMode>(key.mode),
          .calls = added.calls,
          .pages_migrated = {added.pages_migrated},
          .pages_failed = {added.pages_failed},
          .thp_migrated = added.thp_migrated,
          .thp_failed = added.thp_failed,
          .thp_split = added.thp_split,
          .large_folio_split = added.large_folio_split,
          .cpu = ns(added.cpu_ns)};
}

FolioEntry to_entry(const abi_folio_key& key, const abi_folio_value& added) {
  return {.owner = to_owner(key.owner),
          .initiator = to_initiator(key.kind, key.initiator),
          .reason = static_cast<MigrateReason>(key.reason),
          .order = key.order,
          .source = NodeId{key.src_node},
          .destination = NodeId{key.dst_node},
          .folios = {added.folios},
          .bytes = {added.bytes},
          .cpu = ns(added.cpu_ns),
          .content = ns(added.content_ns),
          .elapsed = ns(added.elapsed_ns),
          .content_elapsed = ns(added.content_elapsed_ns)};
}

WorkerEntry to_entry(const abi_worker_key& key, const abi_worker_value& added) {
  return {.owner = to_owner(key.owner),
          .requester = to_initiator(key.kind, key.initiator),
          .reason = static_cast<MigrateReason>(key.reason),
          .function = key.function,
          .items = added.items,
          .cpu = ns(added.cpu_ns),
          .queued = ns(added.queue_ns)};
}

DmaEntry to_entry(const abi_dma_key& key, const abi_dma_value& added) {
  return {.owner = to_owner(key.owner),
          .requester = to_initiator(key.kind, key.initiator),
          .reason = static_cast<MigrateReason>(key.reason),
          .batches = added.batches,
          .failures = added.failures,
          .folios = {added.folios},
          .bytes = {added.bytes},
          .channel = ns(added.channel_ns)};
}

CallHistograms to_histograms(const abi_call_histograms& added) {
  static_assert(kCallCpuBuckets == ABI_CALL_CPU_BUCKETS);
  static_assert(kCallSizeBuckets == ABI_CALL_SIZE_BUCKETS);
  CallHistograms histograms{.cpu = ns(added.cpu_ns), .pages = {added.pages}};
  std::ranges::copy(added.by_cpu, histograms.by_cpu.begin());
  std::ranges::copy(added.by_pages, histograms.by_pages.begin());
  return histograms;
}

Losses to_losses(const LossCounts& added) {
  return {.call_map_full = added[ABI_LOSS_CALL_MAP_FULL],
          .folio_map_full = added[ABI_LOSS_FOLIO_MAP_FULL],
          .folio_bytes = {added[ABI_LOSS_FOLIO_BYTES]},
          .folio_cpu = ns(added[ABI_LOSS_FOLIO_CPU_NS]),
          .worker_map_full = added[ABI_LOSS_WORKER_MAP_FULL],
          .worker_cpu = ns(added[ABI_LOSS_WORKER_CPU_NS]),
          .dma_map_full = added[ABI_LOSS_DMA_MAP_FULL],
          .queue_map_full = added[ABI_LOSS_QUEUE_MAP_FULL],
          .no_task_state = added[ABI_LOSS_NO_TASK_STATE],
          .nested_too_deep = added[ABI_LOSS_NESTED_TOO_DEEP],
          .unmatched_call_ends = added[ABI_LOSS_UNMATCHED_CALL_END],
          .unmatched_work_starts = added[ABI_LOSS_UNMATCHED_WORK_START],
          .overcounted = {added[ABI_LOSS_OVERCOUNT_PAGES]},
          .missed_runs = 0,
          .refused_records = 0};
}

}  // namespace pagefare
