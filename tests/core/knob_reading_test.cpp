// SPDX-License-Identifier: Apache-2.0
#include "controller/core/knobs/reading.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "controller/core/knobs/alarms.h"

namespace pagefare::knobs {
namespace {

using steer::Engine;

/// A machine with V3's two modules, both off.
EngineReading series() {
  EngineReading reading;
  reading.driver(Engine::kThreads) = {
      .there = true, .generation = Generation::kCpuMt, .has_switch = true, .count = 4, .max = 64};
  reading.driver(Engine::kDma) = {
      .there = true, .generation = Generation::kDcbmV3, .has_switch = true, .count = 1, .max = 16};
  return reading;
}

EngineReading module(bool on, Engine chosen) {
  EngineReading reading = series();
  reading.one_module = true;
  for (const Engine engine : {Engine::kThreads, Engine::kDma}) {
    reading.driver(engine).generation = Generation::kPagefareCopy;
    reading.driver(engine).on = on;
  }
  reading.chosen = chosen;
  reading.active = on ? chosen : Engine::kKernel;
  return reading;
}

steer::Knobs knobs(Engine engine, std::uint32_t threads, std::uint32_t channels) {
  steer::Knobs to{.engine = engine};
  to.count(Engine::kThreads) = threads;
  to.count(Engine::kDma) = channels;
  return to;
}

std::string words(const std::vector<KnobWrite>& writes) {
  std::string text;
  for (const KnobWrite& write : writes) {
    const char* what = write.role == Role::kSwitch     ? "switch"
                       : write.role == Role::kEngine   ? "engine"
                       : write.role == Role::kThreads  ? "threads"
                       : write.role == Role::kChannels ? "channels"
                                                       : "?";
    const char* whose = write.engine == Engine::kDma ? "dma " : "mt ";
    text += (text.empty() ? "" : ", ") + std::string(write.role == Role::kSwitch ? whose : "") +
            what + "=" + write.text;
  }
  return text;
}

TEST(KnobPlan, SetsCountsBeforeTheSwitch) {
  EXPECT_EQ(words(plan(series(), knobs(Engine::kThreads, 8, 1))), "threads=8, mt switch=1");
}

TEST(KnobPlan, TurnsTheOtherModuleOffFirst) {
  EngineReading reading = series();
  reading.driver(Engine::kThreads).on = true;
  reading.active = Engine::kThreads;
  EXPECT_EQ(words(plan(reading, knobs(Engine::kDma, 4, 1))), "mt switch=0, dma switch=1");
}

TEST(KnobPlan, TurnsAStaleSwitchOffSoThatTheNextCanTurnItOn) {
  EngineReading reading = series();
  reading.driver(Engine::kThreads).on = true;
  reading.active = Engine::kKernel;
  EXPECT_EQ(words(plan(reading, knobs(Engine::kThreads, 4, 1))), "mt switch=0");
}

TEST(KnobPlan, KnowsThatTurningTheOtherOffMakesAnOnSwitchStale) {
  EngineReading reading = series();
  reading.driver(Engine::kThreads).on = true;
  reading.driver(Engine::kDma).on = true;
  reading.active = Engine::kThreads;
  EXPECT_EQ(words(plan(reading, knobs(Engine::kThreads, 4, 1))), "dma switch=0, mt switch=0");
}

TEST(KnobPlan, NeverAsksForCountsThatLoseBytesOrAreTooMany) {
  EXPECT_EQ(words(plan(series(), knobs(Engine::kKernel, 12, 1))), "");
  EXPECT_EQ(words(plan(series(), knobs(Engine::kKernel, 0, 1))), "");
  EXPECT_EQ(words(plan(series(), knobs(Engine::kKernel, 4, 32))), "");
}

TEST(KnobPlan, ChangesTheModulesEngineWithoutTurningItOff) {
  EXPECT_EQ(words(plan(module(true, Engine::kThreads), knobs(Engine::kDma, 4, 8))),
            "channels=8, engine=dma");
  EXPECT_EQ(words(plan(module(false, Engine::kKernel), knobs(Engine::kThreads, 4, 1))),
            "engine=threads, mt switch=1");
  EXPECT_EQ(words(plan(module(true, Engine::kDma), knobs(Engine::kKernel, 4, 1))), "mt switch=0");
}

TEST(KnobPlan, WritesNothingWhenAllIsAsWanted) {
  EXPECT_EQ(words(plan(module(true, Engine::kThreads), knobs(Engine::kThreads, 4, 1))), "");
}

TEST(Offers, ArePowersOfTwoUpToTheMost) {
  EngineReading reading = series();
  reading.driver(Engine::kThreads).max = 6;
  reading.driver(Engine::kDma).max = 0;
  const std::vector<steer::Setting> expected{
      steer::kUnmodified, {Engine::kThreads, 1}, {Engine::kThreads, 2}, {Engine::kThreads, 4}};
  EXPECT_EQ(offers(reading), expected);
}

TEST(Offers, AreNoneWithoutAnEngine) {
  EXPECT_TRUE(offers(EngineReading{}).empty());
}

TEST(SwitchHistory, FollowsTheObservedLies) {
  SwitchHistory history;
  EngineReading reading = series();
  bool& mt = reading.driver(Engine::kThreads).on;
  bool& dma = reading.driver(Engine::kDma).on;
  EXPECT_EQ(history.infer(reading), Engine::kKernel);
  mt = true;
  EXPECT_EQ(history.infer(reading), Engine::kThreads);
  dma = true;
  EXPECT_EQ(history.infer(reading), Engine::kDma);
  dma = false;
  EXPECT_EQ(history.infer(reading), Engine::kKernel) << "mt still reads on";
  mt = false;
  EXPECT_EQ(history.infer(reading), Engine::kKernel);
  mt = true;
  EXPECT_EQ(history.infer(reading), Engine::kThreads);
}

TEST(KnobAlarms, NameTheCountThatLosesBytesAndOneThatDoesNot) {
  EngineReading reading = series();
  reading.driver(Engine::kThreads).count = 12;
  const std::vector<KnobRow> rows{{.name = "cpu_mt.threads",
                                   .generation = "cpu_mt V2/V3",
                                   .path = "/sys/kernel/cpu_mt/threads",
                                   .value = "12"}};
  const auto alarms = find_alarms(reading, rows, true, 4);
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms[0].kind, KnobAlarm::Kind::kLosesData);
  EXPECT_TRUE(alarms[0].sentence.ends_with("echo 8 > /sys/kernel/cpu_mt/threads"));
}

TEST(KnobAlarms, AreSilentForOurModuleWithAnyCount) {
  EngineReading reading = module(true, Engine::kThreads);
  reading.driver(Engine::kThreads).count = 12;
  EXPECT_TRUE(find_alarms(reading, {}, true, 4).empty());
}

TEST(LosesBytes, CountsWhatTheKernelClampsTo) {
  Driver driver{.there = true, .generation = Generation::kLimitMt, .count = 8};
  EXPECT_TRUE(loses_bytes(driver, 6));
  EXPECT_FALSE(loses_bytes(driver, 8));
  EXPECT_FALSE(loses_bytes(driver, 4));
}

TEST(ReasonNames, GoThereAndBack) {
  for (const std::uint32_t mask : {0U, 1U, 0x108U, 0x3ffU}) {
    EXPECT_EQ(reason_mask(reason_names(mask)), mask);
  }
  EXPECT_EQ(reason_names(0), "none");
  EXPECT_EQ(reason_mask("all"), 0x3ffU);
  EXPECT_EQ(reason_mask("demotion,of_tomorrow"), 0x100U);
}

TEST(MigratorName, IsThatOfAnEngine) {
  EXPECT_EQ(engine_of_migrator("kernel"), Engine::kKernel);
  EXPECT_EQ(engine_of_migrator("CPU_MT_COPY"), Engine::kThreads);
  EXPECT_EQ(engine_of_migrator("DCBM"), Engine::kDma);
  EXPECT_EQ(engine_of_migrator("something new"), std::nullopt);
}

}  // namespace
}  // namespace pagefare::knobs
