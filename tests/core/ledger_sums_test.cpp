// SPDX-License-Identifier: Apache-2.0
// The ledger's sums over the whole machine.
#include <gtest/gtest.h>

#include "controller/core/ledger.h"
#include "tests/support/windows.h"

namespace pagefare {
namespace {

using test::cgroup;
using test::cost;
using test::moved;
using test::task;

void add(Ledger& ledger, const Window& window) {
  ledger.add(window, attribute(window, ChargeRule::kRule), {});
}

TEST(LedgerSums, AddsUpClassesByReasonAndOrder) {
  Ledger ledger(10, Nanoseconds{0});
  Window window;
  window.folios = {moved(task(11), cgroup(11), 1), moved(task(11), cgroup(11), 2),
                   moved(task(11), cgroup(11), 4)};
  window.folios[1].order = 9;
  window.folios[2].reason = MigrateReason::kDemotion;
  add(ledger, window);
  add(ledger, window);
  const std::map<ClassKey, CopyCost> expected{
      {{.reason = MigrateReason::kCompaction, .order = 0}, cost(2)},
      {{.reason = MigrateReason::kCompaction, .order = 9}, cost(4)},
      {{.reason = MigrateReason::kDemotion, .order = 0}, cost(8)}};
  EXPECT_EQ(ledger.classes(), expected);
}

TEST(LedgerSums, AddsUpHistogramsByReason) {
  Ledger ledger(10, Nanoseconds{0});
  Window window;
  CallHistograms one;
  one.by_cpu = {1, 2};
  one.by_cpu.back() = 3;
  one.by_pages = {4, 5};
  one.by_pages.back() = 6;
  one.cpu = Nanoseconds{7};
  one.pages = Pages{8};
  window.call_histograms[MigrateReason::kDemotion] = one;
  add(ledger, window);
  window.call_histograms[MigrateReason::kCompaction] = one;
  add(ledger, window);
  CallHistograms two;
  two.by_cpu = {2, 4};
  two.by_cpu.back() = 6;
  two.by_pages = {8, 10};
  two.by_pages.back() = 12;
  two.cpu = Nanoseconds{14};
  two.pages = Pages{16};
  const std::map<MigrateReason, CallHistograms> expected{{MigrateReason::kDemotion, two},
                                                         {MigrateReason::kCompaction, one}};
  EXPECT_EQ(ledger.call_histograms(), expected);
}

TEST(LedgerSums, AddsUpFlowsByWay) {
  Ledger ledger(10, Nanoseconds{0});
  Window window;
  window.folios = {moved(task(11), cgroup(11), 1), moved(task(11), cgroup(11), 2),
                   moved(task(11), cgroup(11), 4)};
  window.folios[0].source = window.folios[2].source = NodeId{0};
  window.folios[0].destination = window.folios[2].destination = NodeId{1};
  add(ledger, window);
  const std::map<FlowKey, CopyCost> expected{
      {{.source = kNoNode, .destination = kNoNode}, cost(2)},
      {{.source = NodeId{0}, .destination = NodeId{1}}, cost(5)}};
  EXPECT_EQ(ledger.flows(), expected);
}

TEST(LedgerSums, AddsUpCallsByKindAndReason) {
  Ledger ledger(10, Nanoseconds{0});
  Window window;
  CallEntry& entry = window.calls.emplace_back();
  entry.initiator = test::thread(InitiatorKind::kKswapd);
  entry.reason = MigrateReason::kDemotion;
  entry.calls = 2;
  entry.pages_migrated = Pages{30};
  entry.pages_failed = Pages{4};
  entry.thp_migrated = 5;
  entry.thp_failed = 6;
  entry.thp_split = 7;
  entry.cpu = Nanoseconds{80};
  add(ledger, window);
  add(ledger, window);
  ASSERT_EQ(ledger.calls().size(), 1U);
  const auto& [key, sum] = *ledger.calls().begin();
  EXPECT_EQ(key, (CallKey{.kind = InitiatorKind::kKswapd, .reason = MigrateReason::kDemotion}));
  EXPECT_EQ(sum.calls, 4U);
  EXPECT_EQ(sum.pages_migrated, Pages{60});
  EXPECT_EQ(sum.pages_failed, Pages{8});
  EXPECT_EQ(sum.thp_migrated, 10U);
  EXPECT_EQ(sum.thp_failed, 12U);
  EXPECT_EQ(sum.thp_split, 14U);
  EXPECT_EQ(sum.cpu, Nanoseconds{160});
}

TEST(LedgerSums, AddsUpEveryLoss) {
  Ledger ledger(10, Nanoseconds{0});
  Window window;
  window.losses = {1,         2,  Bytes{3}, Nanoseconds{4}, 5, Nanoseconds{6}, 7, 8, 9, 10, 11, 12,
                   Pages{13}, 14, 15};
  add(ledger, window);
  add(ledger, window);
  const Losses twice{
      2,         4,  Bytes{6}, Nanoseconds{8}, 10, Nanoseconds{12}, 14, 16, 18, 20, 22, 24,
      Pages{26}, 28, 30};
  EXPECT_EQ(ledger.losses(), twice);
}

}  // namespace
}  // namespace pagefare
