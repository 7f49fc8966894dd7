// SPDX-License-Identifier: Apache-2.0
// Cgroups that come, go, come back under the same name, or cannot be named at all.
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/loop_stage.h"

namespace pagefare {
namespace {

using test::cost;
using test::LoopStage;

LoopSettings with(std::size_t max_cgroups, Nanoseconds linger) {
  LoopSettings settings;
  settings.max_cgroups = max_cgroups;
  settings.linger = linger;
  return settings;
}

TEST(CgroupLife, PutsWhatHasNoPathIntoUnresolved) {
  LoopStage stage;
  stage.turn(11, 5);
  ASSERT_EQ(stage.sink.last().rows.size(), 1U);
  EXPECT_EQ(stage.sink.charged("~unresolved"), cost(5));
  EXPECT_EQ(stage.sink.last().rows[0].id, 0U);
  EXPECT_EQ(stage.sink.last().health.resolve_failures, 1U);
}

TEST(CgroupLife, GivesACgroupItsRowOnceItsPathCanBeRead) {
  LoopStage stage;
  stage.turn(11, 5);
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.charged("/a"), cost(2));
  EXPECT_EQ(stage.sink.charged("~unresolved"), cost(5));
}

TEST(CgroupLife, KeepsTheRowOfAKnownCgroupWhosePathIsLost) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.lose(CgroupId{11});
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.charged("/a"), cost(7));
  EXPECT_EQ(stage.sink.row("~unresolved"), nullptr);
}

TEST(CgroupLife, AsksForAPathOnlyOnce) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.turn(11, 5);
  EXPECT_EQ(stage.names.lookups, 1U);
}

TEST(CgroupLife, PutsTooManyCgroupsIntoOther) {
  LoopStage stage(with(1, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.names.make(CgroupId{22}, "/b");
  stage.turn(11, 5);
  stage.turn(22, 2);
  EXPECT_EQ(stage.sink.row("/b"), nullptr);
  EXPECT_EQ(stage.sink.charged("~other"), cost(2));
}

TEST(CgroupLife, LetsARemovedCgroupLinger) {
  LoopStage stage(with(10, Nanoseconds{100}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  stage.clock.now += Nanoseconds{99};
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.charged("/a"), cost(7));
  EXPECT_TRUE(stage.names.forgotten.empty());
}

TEST(CgroupLife, FoldsARemovedCgroupThatLingeredLongEnough) {
  LoopStage stage(with(10, Nanoseconds{100}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  stage.clock.now += Nanoseconds{100};
  stage.loop.turn();
  EXPECT_EQ(stage.sink.row("/a"), nullptr);
  EXPECT_EQ(stage.sink.charged("~removed"), cost(5));
}

TEST(CgroupLife, TellsEverybodyToForgetAFoldedCgroup) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  EXPECT_EQ(stage.names.forgotten, std::vector{CgroupId{11}});
  EXPECT_EQ(stage.source.forgotten, std::vector{CgroupId{11}});
}

TEST(CgroupLife, ForgetsARemovedCgroupThatNeverHadAPlaceAtOnce) {
  LoopStage stage(with(1, Nanoseconds{100}));
  stage.names.make(CgroupId{11}, "/a");
  stage.names.make(CgroupId{22}, "/b");
  stage.turn(11, 5);
  stage.turn(22, 2);
  stage.names.remove(CgroupId{22});
  stage.loop.turn();
  EXPECT_EQ(stage.names.forgotten, std::vector{CgroupId{22}});
  EXPECT_EQ(stage.source.forgotten, std::vector{CgroupId{22}});
}

TEST(CgroupLife, PutsLateSamplesOfAFoldedCgroupIntoRemovedWithoutLookingForIt) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.row("/a"), nullptr);
  EXPECT_EQ(stage.sink.charged("~removed"), cost(7));
  EXPECT_EQ(stage.sink.last().health.resolve_failures, 0U);
}

TEST(CgroupLife, ForgetsTheCountersOfWhatHasNoPathOnceItIsQuiet) {
  LoopStage stage;
  stage.turn(11, 5);
  EXPECT_TRUE(stage.source.forgotten.empty());
  stage.turn(11, 2);
  EXPECT_TRUE(stage.source.forgotten.empty());
  stage.loop.turn();
  EXPECT_EQ(stage.source.forgotten, std::vector{CgroupId{11}});
  stage.loop.turn();
  EXPECT_EQ(stage.source.forgotten, std::vector{CgroupId{11}});
}

TEST(CgroupLife, DoesNotForgetWhatGotItsPathMeanwhile) {
  LoopStage stage;
  stage.turn(11, 5);
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 2);
  stage.loop.turn();
  EXPECT_TRUE(stage.source.forgotten.empty());
}

TEST(CgroupLife, ForgetsTheCountersOfALateSampleAgain) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  stage.turn(11, 2);
  stage.loop.turn();
  EXPECT_EQ(stage.source.forgotten, (std::vector{CgroupId{11}, CgroupId{11}}));
}

TEST(CgroupLife, DoesNotCloseAccountsWhileTheKernelCannotBeRead) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.turn_failing("map calls: lookup failed");
  EXPECT_NE(stage.sink.row("/a"), nullptr);
}

TEST(CgroupLife, ShowsARecreatedCgroupInOneRowUnderTheNewId) {
  LoopStage stage(with(10, Nanoseconds{100}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.names.make(CgroupId{22}, "/a");
  stage.turn(22, 2);
  ASSERT_EQ(stage.sink.last().rows.size(), 1U);
  EXPECT_EQ(stage.sink.last().rows[0].account.charged, cost(7));
  EXPECT_EQ(stage.sink.last().rows[0].id, 22U);
}

TEST(CgroupLife, DoesNotShrinkTheRowOfARecreatedCgroupWhenTheOldOneIsFolded) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.make(CgroupId{22}, "/a");
  stage.turn(22, 2);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  ASSERT_EQ(stage.sink.last().rows.size(), 1U);
  EXPECT_EQ(stage.sink.last().rows[0].account.charged, cost(7));
  EXPECT_EQ(stage.names.forgotten, std::vector{CgroupId{11}});
}

TEST(CgroupLife, DoesNotShrinkARowWhenTheNewerOfTwoIsFoldedFirst) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.make(CgroupId{22}, "/a");
  stage.turn(22, 2);
  stage.names.remove(CgroupId{22});
  stage.loop.turn();
  ASSERT_EQ(stage.sink.last().rows.size(), 1U);
  EXPECT_EQ(stage.sink.last().rows[0].account.charged, cost(7));
  EXPECT_EQ(stage.sink.last().rows[0].id, 11U);
}

}  // namespace
}  // namespace pagefare
