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

TEST(Loop, PublishesAccountsUnderTheirPaths) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  stage.turn(11, 5);
  stage.turn(11, 2);
  EXPECT_EQ(stage.sink.charged("/a"), cost(7));
  EXPECT_EQ(stage.sink.last().rows.at(0).id, 11U);
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
  EXPECT_EQ(stage.sink.charged("/a"), cost(3));
  EXPECT_EQ(stage.sink.charged("/b"), cost(3));
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
  EXPECT_EQ(stage.sink.charged("/a"), cost(5));
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
  EXPECT_EQ(stage.sink.charged("/a"), cost(5));
}

TEST(Loop, SortsRowsByPathWithSharedOnesLast) {
  LoopSettings settings;
  settings.max_cgroups = 2;
  LoopStage stage(settings);
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
