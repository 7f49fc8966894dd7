// SPDX-License-Identifier: Apache-2.0
#include "controller/core/ledger.h"

#include <gtest/gtest.h>

#include "tests/support/windows.h"

namespace pagefare {
namespace {

using test::cgroup;
using test::cost;
using test::moved;
using test::task;

constexpr CgroupId kA{11};
constexpr CgroupId kB{22};
constexpr Nanoseconds kLinger{100};

Window moved_by(std::uint64_t id, std::uint64_t folios) {
  Window window;
  window.folios = {moved(task(id), cgroup(id), folios)};
  return window;
}

void add(Ledger& ledger, const Window& window, const std::map<CgroupId, Presence>& presence = {}) {
  ledger.add(window, attribute(window, ChargeRule::kRule), presence);
}

/// A ledger in which kA had 5 folios and was removed and closed.
Ledger with_closed_a() {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  ledger.mark_removed(kA, Nanoseconds{1000});
  ledger.close_removed(Nanoseconds{1100});
  return ledger;
}

TEST(Ledger, AddsUpPeriodByPeriod) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(11, 2));
  EXPECT_EQ(ledger.accounts().at(kA).charged, cost(7));
  EXPECT_EQ(ledger.measured().folios, Folios{7});
}

TEST(Ledger, PutsNewcomersBeyondItsPlacesIntoOther) {
  Ledger ledger(1, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(22, 2));
  EXPECT_FALSE(ledger.knows(kB));
  EXPECT_EQ(ledger.other().charged, cost(2));
}

TEST(Ledger, KeepsTheAccountOfAKnownCgroupWhenFull) {
  Ledger ledger(1, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(11, 2));
  EXPECT_EQ(ledger.accounts().at(kA).charged, cost(7));
}

TEST(Ledger, GivesAFreedPlaceToANewcomer) {
  Ledger ledger(1, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(22, 2));
  ledger.mark_removed(kA, Nanoseconds{0});
  ledger.close_removed(kLinger);
  add(ledger, moved_by(22, 3));
  EXPECT_EQ(ledger.accounts().at(kB).charged, cost(3));
  EXPECT_EQ(ledger.other().charged, cost(2));
}

TEST(Ledger, PutsUnresolvedIdsTogetherAndGivesThemNoPlace) {
  Ledger ledger(1, kLinger);
  add(ledger, moved_by(11, 5), {{kA, Presence::kUnresolved}});
  add(ledger, moved_by(22, 2));
  EXPECT_EQ(ledger.unresolved().charged, cost(5));
  EXPECT_TRUE(ledger.knows(kB));
}

TEST(Ledger, GivesACgroupThatWasGoneBeforeItWasKnownNoPlace) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5), {{kA, Presence::kRemoved}});
  EXPECT_FALSE(ledger.knows(kA));
  EXPECT_EQ(ledger.removed().charged, cost(5));
}

TEST(Ledger, KeepsAKnownCgroupWhosePathCannotBeReadAnyMore) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(11, 2), {{kA, Presence::kUnresolved}});
  EXPECT_EQ(ledger.accounts().at(kA).charged, cost(7));
}

TEST(Ledger, LetsARemovedAccountLinger) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  ledger.mark_removed(kA, Nanoseconds{1000});
  EXPECT_TRUE(ledger.close_removed(Nanoseconds{1099}).empty());
  EXPECT_TRUE(ledger.knows(kA));
}

TEST(Ledger, GivesALingeringAccountItsLateSamples) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  ledger.mark_removed(kA, Nanoseconds{1000});
  add(ledger, moved_by(11, 2));
  EXPECT_EQ(ledger.accounts().at(kA).charged, cost(7));
}

TEST(Ledger, FoldsAClosedAccountIntoRemoved) {
  const Ledger ledger = with_closed_a();
  EXPECT_FALSE(ledger.knows(kA));
  EXPECT_TRUE(ledger.has_closed(kA));
  EXPECT_EQ(ledger.removed().charged, cost(5));
}

TEST(Ledger, TellsWhichIdsItClosed) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(22, 5));
  ledger.mark_removed(kA, Nanoseconds{1000});
  EXPECT_EQ(ledger.close_removed(Nanoseconds{1100}), std::vector{kA});
  EXPECT_TRUE(ledger.close_removed(Nanoseconds{2000}).empty());
}

TEST(Ledger, PutsLateSamplesOfAClosedAccountIntoRemoved) {
  Ledger ledger = with_closed_a();
  add(ledger, moved_by(11, 2));
  EXPECT_FALSE(ledger.knows(kA));
  EXPECT_EQ(ledger.removed().charged, cost(7));
}

TEST(Ledger, PutsLateSamplesIntoRemovedEvenWhenTheirPathIsUnreadable) {
  Ledger ledger = with_closed_a();
  add(ledger, moved_by(11, 2), {{kA, Presence::kUnresolved}});
  EXPECT_EQ(ledger.removed().charged, cost(7));
}

TEST(Ledger, FoldsAClosedAccountIntoItsHeir) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(22, 2));
  ledger.mark_removed(kA, Nanoseconds{0});
  ledger.close_removed(kLinger, {{kA, kB}});
  EXPECT_EQ(ledger.accounts().at(kB).charged, cost(7));
  EXPECT_EQ(ledger.removed(), Account{});
}

TEST(Ledger, FoldsIntoRemovedWhenTheHeirIsNotKept) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  ledger.mark_removed(kA, Nanoseconds{0});
  ledger.close_removed(kLinger, {{kA, kB}});
  EXPECT_EQ(ledger.removed().charged, cost(5));
}

TEST(Ledger, FoldsIntoTheNextHeirWhenTheFirstIsClosedToo) {
  constexpr CgroupId kC{33};
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(22, 2));
  add(ledger, moved_by(33, 1));
  ledger.mark_removed(kB, Nanoseconds{0});
  ledger.mark_removed(kC, Nanoseconds{0});
  ledger.close_removed(kLinger, {{kA, kB}, {kB, kC}, {kC, kA}});
  EXPECT_EQ(ledger.accounts().at(kA).charged, cost(8));
  EXPECT_EQ(ledger.removed(), Account{});
}

TEST(Ledger, FoldsBothIntoRemovedWhenTheHeirIsClosedToo) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  add(ledger, moved_by(22, 2));
  ledger.mark_removed(kA, Nanoseconds{0});
  ledger.mark_removed(kB, Nanoseconds{0});
  ledger.close_removed(kLinger, {{kA, kB}, {kB, kA}});
  EXPECT_TRUE(ledger.accounts().empty());
  EXPECT_EQ(ledger.removed().charged, cost(7));
}

TEST(Ledger, IgnoresTheRemovalOfWhatItDoesNotKnow) {
  Ledger ledger(10, kLinger);
  ledger.mark_removed(kA, Nanoseconds{0});
  add(ledger, moved_by(11, 5));
  EXPECT_TRUE(ledger.close_removed(Nanoseconds{5000}).empty());
  EXPECT_TRUE(ledger.knows(kA));
}

TEST(Ledger, CountsLingeringFromTheFirstRemoval) {
  Ledger ledger(10, kLinger);
  add(ledger, moved_by(11, 5));
  ledger.mark_removed(kA, Nanoseconds{0});
  ledger.mark_removed(kA, Nanoseconds{90});
  EXPECT_EQ(ledger.close_removed(kLinger).size(), 1U);
}

TEST(Ledger, ForgetsTheOldestOfVeryManyClosedIdsOnly) {
  constexpr std::uint64_t kRemembered = 65'536;
  Ledger ledger(10, Nanoseconds{0});
  for (std::uint64_t id = 1; id <= kRemembered + 1; ++id) {
    add(ledger, moved_by(id, 1));
    ledger.mark_removed(CgroupId{id}, Nanoseconds{0});
    ledger.close_removed(Nanoseconds{0});
  }
  EXPECT_FALSE(ledger.has_closed(CgroupId{1}));
  EXPECT_TRUE(ledger.has_closed(CgroupId{2}));
  EXPECT_TRUE(ledger.has_closed(CgroupId{kRemembered + 1}));
  EXPECT_EQ(ledger.removed().charged, cost(kRemembered + 1));
}

TEST(Ledger, AddsUpClassesByReasonAndOrder) {
  Ledger ledger(10, kLinger);
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

TEST(Ledger, AddsUpFlowsByWay) {
  Ledger ledger(10, kLinger);
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

TEST(Ledger, AddsUpCallsByKindAndReason) {
  Ledger ledger(10, kLinger);
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

TEST(Ledger, AddsUpEveryLoss) {
  Ledger ledger(10, kLinger);
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
