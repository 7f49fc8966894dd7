// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/window_entries.h"

#include <gtest/gtest.h>

#include <utility>

namespace pagefare {
namespace {

constexpr Owner kCgroup77{.kind = Owner::Kind::kCgroup, .cgroup = CgroupId{77}};
constexpr Initiator kKdamond42{.kind = InitiatorKind::kKdamond, .cgroup = CgroupId{42}};

TEST(CallEntryFromTheKernel, KeepsEveryField) {
  const CallEntry entry = to_entry(
      abi_call_key{
          .initiator = 42, .kind = ABI_INITIATOR_KDAMOND, .reason = 5, .mode = 2, .hole = {}},
      abi_call_value{.calls = 1,
                     .pages_migrated = 2,
                     .pages_failed = 3,
                     .thp_migrated = 4,
                     .thp_failed = 5,
                     .thp_split = 6,
                     .large_folio_split = 7,
                     .cpu_ns = 8});
  EXPECT_EQ(entry.initiator, kKdamond42);
  EXPECT_EQ(entry.reason, MigrateReason::kNumaMisplaced);
  EXPECT_EQ(entry.mode, MigrateMode::kSync);
  EXPECT_EQ(entry.calls, 1U);
  EXPECT_EQ(entry.pages_migrated, Pages{2});
  EXPECT_EQ(entry.pages_failed, Pages{3});
  EXPECT_EQ(entry.thp_migrated, 4U);
  EXPECT_EQ(entry.thp_failed, 5U);
  EXPECT_EQ(entry.thp_split, 6U);
  EXPECT_EQ(entry.large_folio_split, 7U);
  EXPECT_EQ(entry.cpu, Nanoseconds(8));
}

TEST(CallHistogramsFromTheKernel, KeepEveryField) {
  abi_call_histograms added{};
  for (std::size_t i = 0; i < kCallCpuBuckets; ++i) added.by_cpu[i] = 100 + i;
  for (std::size_t i = 0; i < kCallSizeBuckets; ++i) added.by_pages[i] = 200 + i;
  added.cpu_ns = 7;
  added.pages = 8;
  const CallHistograms histograms = to_histograms(added);
  for (std::size_t i = 0; i < kCallCpuBuckets; ++i) EXPECT_EQ(histograms.by_cpu[i], 100 + i);
  for (std::size_t i = 0; i < kCallSizeBuckets; ++i) EXPECT_EQ(histograms.by_pages[i], 200 + i);
  EXPECT_EQ(histograms.cpu, Nanoseconds(7));
  EXPECT_EQ(histograms.pages, Pages{8});
}

abi_folio_key folio_key() {
  return {.owner = 77,
          .initiator = 42,
          .src_node = 3,
          .dst_node = 1,
          .kind = ABI_INITIATOR_KDAMOND,
          .reason = 8,
          .order = 9,
          .hole = 0};
}

TEST(FolioEntryFromTheKernel, KeepsEveryField) {
  const FolioEntry entry = to_entry(folio_key(), abi_folio_value{.folios = 1,
                                                                 .bytes = 2,
                                                                 .cpu_ns = 3,
                                                                 .content_ns = 4,
                                                                 .elapsed_ns = 5,
                                                                 .content_elapsed_ns = 6});
  EXPECT_EQ(entry.owner, kCgroup77);
  EXPECT_EQ(entry.initiator, kKdamond42);
  EXPECT_EQ(entry.reason, MigrateReason::kDemotion);
  EXPECT_EQ(entry.order, 9);
  EXPECT_EQ(entry.source, NodeId{3});
  EXPECT_EQ(entry.destination, NodeId{1});
  EXPECT_EQ(entry.folios, Folios{1});
  EXPECT_EQ(entry.bytes, Bytes{2});
  EXPECT_EQ(entry.cpu, Nanoseconds(3));
  EXPECT_EQ(entry.content, Nanoseconds(4));
  EXPECT_EQ(entry.elapsed, Nanoseconds(5));
  EXPECT_EQ(entry.content_elapsed, Nanoseconds(6));
}

TEST(FolioEntryFromTheKernel, HasNoNodeWhereTheLayerCannotTell) {
  abi_folio_key key = folio_key();
  key.src_node = ABI_NODE_UNKNOWN;
  key.dst_node = ABI_NODE_UNKNOWN;
  EXPECT_EQ(to_entry(key, {}).source, kNoNode);
  EXPECT_EQ(to_entry(key, {}).destination, kNoNode);
}

TEST(FolioEntryFromTheKernel, HasNoMemcgWhereTheFolioIsChargedToNone) {
  abi_folio_key key = folio_key();
  key.owner = ABI_OWNER_NONE;
  EXPECT_EQ(to_entry(key, {}).owner, (Owner{.kind = Owner::Kind::kNoMemcg, .cgroup = {}}));
}

TEST(FolioEntryFromTheKernel, IsUnseenWhereNoHookSawTheFolio) {
  abi_folio_key key = folio_key();
  key.owner = ABI_OWNER_UNSEEN;
  EXPECT_EQ(to_entry(key, {}).owner, (Owner{.kind = Owner::Kind::kUnseen, .cgroup = {}}));
}

TEST(WorkerEntryFromTheKernel, KeepsEveryField) {
  const WorkerEntry entry = to_entry(abi_worker_key{.owner = 77,
                                                    .initiator = 42,
                                                    .kind = ABI_INITIATOR_KDAMOND,
                                                    .reason = 3,
                                                    .function = 6,
                                                    .hole = {}},
                                     abi_worker_value{.items = 1, .cpu_ns = 2, .queue_ns = 3});
  EXPECT_EQ(entry.owner, kCgroup77);
  EXPECT_EQ(entry.requester, kKdamond42);
  EXPECT_EQ(entry.reason, MigrateReason::kSyscallOrCpuset);
  EXPECT_EQ(entry.function, 6);
  EXPECT_EQ(entry.items, 1U);
  EXPECT_EQ(entry.cpu, Nanoseconds(2));
  EXPECT_EQ(entry.queued, Nanoseconds(3));
}

TEST(DmaEntryFromTheKernel, KeepsEveryField) {
  const DmaEntry entry = to_entry(
      abi_dma_key{
          .owner = 77, .initiator = 42, .kind = ABI_INITIATOR_KDAMOND, .reason = 9, .hole = {}},
      abi_dma_value{.batches = 1, .failures = 2, .folios = 3, .bytes = 4, .channel_ns = 5});
  EXPECT_EQ(entry.owner, kCgroup77);
  EXPECT_EQ(entry.requester, kKdamond42);
  EXPECT_EQ(entry.reason, MigrateReason::kDamon);
  EXPECT_EQ(entry.batches, 1U);
  EXPECT_EQ(entry.failures, 2U);
  EXPECT_EQ(entry.folios, Folios{3});
  EXPECT_EQ(entry.bytes, Bytes{4});
  EXPECT_EQ(entry.channel, Nanoseconds(5));
}

TEST(InitiatorFromTheKernel, IsOfTheKindTheKernelSays) {
  constexpr std::pair<abi_initiator_kind, InitiatorKind> kKinds[] = {
      {ABI_INITIATOR_TASK, InitiatorKind::kTask},
      {ABI_INITIATOR_KCOMPACTD, InitiatorKind::kKcompactd},
      {ABI_INITIATOR_KSWAPD, InitiatorKind::kKswapd},
      {ABI_INITIATOR_KDAMOND, InitiatorKind::kKdamond},
      {ABI_INITIATOR_KWORKER, InitiatorKind::kKworker},
      {ABI_INITIATOR_KHUGEPAGED, InitiatorKind::kKhugepaged},
      {ABI_INITIATOR_KTHREAD, InitiatorKind::kKthread},
  };
  static_assert(std::size(kKinds) == ABI_INITIATOR_KINDS);
  static_assert(kInitiatorKinds == ABI_INITIATOR_KINDS);
  for (const auto& [abi, kind] : kKinds) {
    abi_call_key key{};
    key.kind = static_cast<std::uint8_t>(abi);
    EXPECT_EQ(to_entry(key, {}).initiator.kind, kind) << name(kind);
  }
}

TEST(Record, IsRefusedWhenItsInitiatorIsOfNoKnownKind) {
  EXPECT_FALSE(is_refused(ABI_INITIATOR_TASK));
  EXPECT_FALSE(is_refused(ABI_INITIATOR_KTHREAD));
  EXPECT_TRUE(is_refused(ABI_INITIATOR_KINDS));
  EXPECT_TRUE(is_refused(255));
}

TEST(LossesFromTheKernel, TakeEachCountFromItsPlace) {
  LossCounts counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = 100 + i;
  const Losses losses = to_losses(counts);
  EXPECT_EQ(losses.call_map_full, 100U + ABI_LOSS_CALL_MAP_FULL);
  EXPECT_EQ(losses.folio_map_full, 100U + ABI_LOSS_FOLIO_MAP_FULL);
  EXPECT_EQ(losses.folio_bytes.value, 100U + ABI_LOSS_FOLIO_BYTES);
  EXPECT_EQ(losses.folio_cpu.count(), 100 + ABI_LOSS_FOLIO_CPU_NS);
  EXPECT_EQ(losses.worker_map_full, 100U + ABI_LOSS_WORKER_MAP_FULL);
  EXPECT_EQ(losses.worker_cpu.count(), 100 + ABI_LOSS_WORKER_CPU_NS);
  EXPECT_EQ(losses.dma_map_full, 100U + ABI_LOSS_DMA_MAP_FULL);
  EXPECT_EQ(losses.queue_map_full, 100U + ABI_LOSS_QUEUE_MAP_FULL);
  EXPECT_EQ(losses.no_task_state, 100U + ABI_LOSS_NO_TASK_STATE);
  EXPECT_EQ(losses.nested_too_deep, 100U + ABI_LOSS_NESTED_TOO_DEEP);
  EXPECT_EQ(losses.unmatched_call_ends, 100U + ABI_LOSS_UNMATCHED_CALL_END);
  EXPECT_EQ(losses.unmatched_work_starts, 100U + ABI_LOSS_UNMATCHED_WORK_START);
  EXPECT_EQ(losses.overcounted.value, 100U + ABI_LOSS_OVERCOUNT_PAGES);
}

TEST(LossesFromTheKernel, LeaveEachCountOutOfEveryOtherField) {
  for (std::size_t i = 0; i < ABI_LOSSES; ++i) {
    LossCounts one{};
    one[i] = 1;
    EXPECT_NE(to_losses(one), Losses{}) << "loss " << i << " is not told";
  }
}

TEST(LossesFromTheKernel, KnowNothingOfWhatUserSpaceCounts) {
  LossCounts counts;
  counts.fill(1);
  EXPECT_EQ(to_losses(counts).missed_runs, 0U);
  EXPECT_EQ(to_losses(counts).refused_records, 0U);
}

}  // namespace
}  // namespace pagefare
