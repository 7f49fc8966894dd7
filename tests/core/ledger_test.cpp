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
  ledger.mark_removed(kA, Nanoseconds{0});
  ledger.mark_removed(kC, Nanoseconds{0});
  ledger.close_removed(kLinger, {{kA, kB}, {kB, kC}, {kC, kA}});
  EXPECT_EQ(ledger.accounts().at(kB).charged, cost(8));
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

}  // namespace
}  // namespace pagefare
