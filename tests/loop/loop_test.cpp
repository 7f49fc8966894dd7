// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/loop.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/loop_stage.h"

namespace pagefare {
namespace {

using test::cgroup;
using test::cost;
using test::LoopStage;
using test::moved;
using test::task;

LoopSettings with(std::size_t max_cgroups, Nanoseconds linger) {
  LoopSettings settings;
  settings.max_cgroups = max_cgroups;
  settings.linger = linger;
  return settings;
}

TEST(Loop, PublishesAccountsUnderTheirPaths) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.turn(11, 2);
  ASSERT_NE(stage.sink.row("/a"), nullptr);
  EXPECT_EQ(stage.sink.row("/a")->account.charged, cost(7));
  EXPECT_EQ(stage.sink.row("/a")->id, 11U);
  EXPECT_EQ(stage.sink.last().totals.folios, Folios{7});
}

TEST(Loop, PublishesItsSettings) {
  LoopSettings settings;
  settings.version = "1.2.3";
  settings.mode = Mode::kAdvise;
  settings.charge = ChargeRule::kOwner;
  settings.period = Nanoseconds{5};
  settings.page_size = 65'536;
  LoopStage stage(settings);
  stage.loop.turn();
  EXPECT_EQ(stage.sink.last().version, "1.2.3");
  EXPECT_EQ(stage.sink.last().mode, Mode::kAdvise);
  EXPECT_EQ(stage.sink.last().charge, ChargeRule::kOwner);
  EXPECT_EQ(stage.sink.last().period, Nanoseconds{5});
  EXPECT_EQ(stage.sink.last().page_size, 65'536U);
}

TEST(Loop, PublishesWhatTheSourceSaysOfItself) {
  LoopStage stage;
  stage.source.current.layer = Layer::kPortable;
  stage.source.current.layer_why = "fentry is refused here";
  stage.source.current.programs.push_back({.name = "on_end", .hook = "tp_btf/end", .why = {}});
  stage.source.current.maps.push_back({.name = "calls", .entries = 3, .memory = {}});
  stage.source.current.warnings = {"A hook is silent."};
  stage.loop.turn();
  EXPECT_EQ(stage.sink.last().layer, Layer::kPortable);
  EXPECT_EQ(stage.sink.last().layer_why, "fentry is refused here");
  ASSERT_EQ(stage.sink.last().health.programs.size(), 1U);
  EXPECT_EQ(stage.sink.last().health.programs[0].name, "on_end");
  ASSERT_EQ(stage.sink.last().health.maps.size(), 1U);
  EXPECT_EQ(stage.sink.last().health.maps[0].name, "calls");
  EXPECT_EQ(stage.sink.last().warnings, std::vector<std::string>{"A hook is silent."});
}

TEST(Loop, CountsUptimeFromItsStart) {
  LoopStage stage;
  const std::int64_t start = stage.clock.unix_ns();
  stage.clock.now += Nanoseconds{70};
  stage.loop.turn();
  EXPECT_EQ(stage.sink.last().uptime, Nanoseconds{70});
  EXPECT_EQ(stage.sink.last().start_unix_ns, start);
}

TEST(Loop, AddsTheCostOfPublishingToTheNextPeriod) {
  LoopStage stage;
  stage.clock.cpu_per_look = Nanoseconds{10};
  stage.loop.turn();
  EXPECT_EQ(stage.sink.last().health.last_period_cpu, Nanoseconds{10});
  stage.loop.turn();
  EXPECT_EQ(stage.sink.last().health.last_period_cpu, Nanoseconds{20});
  EXPECT_EQ(stage.sink.last().health.total_period_cpu, Nanoseconds{30});
}

TEST(Loop, ChargesByTheNewRuleFromTheNextPeriodOn) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.names.make(CgroupId{22}, "/b");
  Window window;
  window.folios = {moved(task(11), cgroup(22), 3)};
  stage.turn(window);
  stage.loop.set_charge(ChargeRule::kOwner);
  stage.turn(window);
  EXPECT_EQ(stage.sink.row("/a")->account.charged, cost(3));
  EXPECT_EQ(stage.sink.row("/b")->account.charged, cost(3));
  EXPECT_EQ(stage.sink.last().charge, ChargeRule::kOwner);
}

TEST(Loop, PublishesTheNewPeriod) {
  LoopStage stage;
  stage.loop.set_period(Nanoseconds{9});
  stage.loop.turn();
  EXPECT_EQ(stage.sink.last().period, Nanoseconds{9});
}

TEST(Loop, KeepsTheSumsWhenTheKernelCannotBeRead) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.turn_failing("map calls: lookup failed");
  EXPECT_EQ(stage.sink.all.size(), 2U);
  EXPECT_EQ(stage.sink.row("/a")->account.charged, cost(5));
}

TEST(Loop, SaysWhatWentWrongWhenTheKernelCannotBeRead) {
  LoopStage stage;
  stage.loop.turn();
  stage.turn_failing("map calls: lookup failed");
  EXPECT_EQ(stage.sink.last().health.periods, 2U);
  EXPECT_EQ(stage.sink.last().health.failed_periods, 1U);
  EXPECT_EQ(stage.sink.last().health.last_error, "map calls: lookup failed");
}

TEST(Loop, WarnsFirstOfAFailedPeriod) {
  LoopStage stage;
  stage.source.current.warnings = {"A hook is silent."};
  stage.turn_failing("map calls: lookup failed");
  ASSERT_EQ(stage.sink.last().warnings.size(), 2U);
  EXPECT_NE(stage.sink.last().warnings[0].find("map calls: lookup failed"), std::string::npos);
}

TEST(Loop, RecoversWhenTheKernelCanBeReadAgain) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn_failing("map calls: lookup failed");
  stage.turn(11, 5);
  EXPECT_EQ(stage.sink.last().health.last_error, "");
  EXPECT_EQ(stage.sink.last().health.failed_periods, 1U);
  EXPECT_TRUE(stage.sink.last().warnings.empty());
  EXPECT_EQ(stage.sink.row("/a")->account.charged, cost(5));
}

TEST(Loop, PutsWhatHasNoPathIntoUnresolved) {
  LoopStage stage;
  stage.turn(11, 5);
  ASSERT_EQ(stage.sink.last().rows.size(), 1U);
  EXPECT_EQ(stage.sink.row("~unresolved")->account.charged, cost(5));
  EXPECT_EQ(stage.sink.row("~unresolved")->id, 0U);
  EXPECT_EQ(stage.sink.last().health.resolve_failures, 1U);
}

TEST(Loop, GivesACgroupItsRowOnceItsPathCanBeRead) {
  LoopStage stage;
  stage.turn(11, 5);
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.row("/a")->account.charged, cost(2));
  EXPECT_EQ(stage.sink.row("~unresolved")->account.charged, cost(5));
}

TEST(Loop, KeepsTheRowOfAKnownCgroupWhosePathIsLost) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.lose(CgroupId{11});
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.row("/a")->account.charged, cost(7));
  EXPECT_EQ(stage.sink.row("~unresolved"), nullptr);
}

TEST(Loop, AsksForAPathOnlyOnce) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.turn(11, 5);
  EXPECT_EQ(stage.names.lookups, 1U);
}

TEST(Loop, PutsTooManyCgroupsIntoOther) {
  LoopStage stage(with(1, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.names.make(CgroupId{22}, "/b");
  stage.turn(11, 5);
  stage.turn(22, 2);
  EXPECT_EQ(stage.sink.row("/b"), nullptr);
  EXPECT_EQ(stage.sink.row("~other")->account.charged, cost(2));
}

TEST(Loop, LetsARemovedCgroupLinger) {
  LoopStage stage(with(10, Nanoseconds{100}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  stage.clock.now += Nanoseconds{99};
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.row("/a")->account.charged, cost(7));
  EXPECT_TRUE(stage.names.forgotten.empty());
}

TEST(Loop, FoldsARemovedCgroupThatLingeredLongEnough) {
  LoopStage stage(with(10, Nanoseconds{100}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  stage.clock.now += Nanoseconds{100};
  stage.loop.turn();
  EXPECT_EQ(stage.sink.row("/a"), nullptr);
  EXPECT_EQ(stage.sink.row("~removed")->account.charged, cost(5));
}

TEST(Loop, TellsEverybodyToForgetAFoldedCgroup) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  EXPECT_EQ(stage.names.forgotten, std::vector{CgroupId{11}});
  EXPECT_EQ(stage.source.forgotten, std::vector{CgroupId{11}});
}

TEST(Loop, ForgetsARemovedCgroupThatNeverHadAPlaceAtOnce) {
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

TEST(Loop, PutsLateSamplesOfAFoldedCgroupIntoRemovedWithoutLookingForIt) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.loop.turn();
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.row("/a"), nullptr);
  EXPECT_EQ(stage.sink.row("~removed")->account.charged, cost(7));
  EXPECT_EQ(stage.sink.last().health.resolve_failures, 0U);
}

TEST(Loop, DoesNotCloseAccountsWhileTheKernelCannotBeRead) {
  LoopStage stage(with(10, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.names.remove(CgroupId{11});
  stage.turn_failing("map calls: lookup failed");
  EXPECT_NE(stage.sink.row("/a"), nullptr);
}

TEST(Loop, ShowsARecreatedCgroupInOneRowUnderTheNewId) {
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

TEST(Loop, DoesNotShrinkTheRowOfARecreatedCgroupWhenTheOldOneIsFolded) {
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

TEST(Loop, DoesNotShrinkARowWhenTheNewerOfTwoIsFoldedFirst) {
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

TEST(Loop, SortsRowsByPathWithSharedOnesLast) {
  LoopStage stage(with(2, Nanoseconds{0}));
  stage.names.make(CgroupId{11}, "/b");
  stage.names.make(CgroupId{22}, "/a");
  stage.names.make(CgroupId{33}, "/c");
  Window window;
  for (const std::uint64_t id : {11U, 22U, 33U, 44U}) {
    window.folios.push_back(moved(task(id), cgroup(id), 1));
  }
  for (const InitiatorKind kind : {InitiatorKind::kKswapd, InitiatorKind::kKdamond}) {
    window.folios.push_back(moved(test::thread(kind), cgroup(11), 1));
  }
  stage.turn(window);
  std::vector<std::string> paths;
  for (const CgroupRow& row : stage.sink.last().rows) {
    paths.push_back(row.path);
  }
  const std::vector<std::string> expected{"/a",       "/b",     "[kdamond]",
                                          "[kswapd]", "~other", "~unresolved"};
  EXPECT_EQ(paths, expected);
}

}  // namespace
}  // namespace pagefare
