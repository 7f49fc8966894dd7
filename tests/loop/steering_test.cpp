// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/steering.h"

#include <gtest/gtest.h>

#include <set>

#include "controller/core/steer/reason_loads.h"

#include "tests/support/loop_stage.h"
#include "tests/support/steering_stage.h"

namespace pagefare {
namespace {

using steer::Engine;
using steer::Outcome;
using steer::Setting;
using test::SteeringStage;

SteerSettings in(Mode mode) {
  SteerSettings settings;
  settings.mode = mode;
  return settings;
}

std::uint64_t counted(const steer::SteerState& state, Outcome outcome) {
  std::uint64_t sum = 0;
  for (const steer::OutcomeCounts& counts : state.counts) {
    sum += counts[static_cast<std::size_t>(outcome)];
  }
  return sum;
}

TEST(Steering, TurnsTheKnobsToWhatIsFastestWhenItEnforces) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.periods(60);
  EXPECT_EQ(stage.engine.state.knobs.active(), (Setting{Engine::kThreads, 8}));
  EXPECT_EQ(counted(stage.steering.state(), Outcome::kWritten), stage.engine.turned.size());
  EXPECT_GT(stage.steering.state().lost.count(), 0) << "finding out costs something";
  EXPECT_LT(stage.steering.state().lost, 30 * Nanoseconds(std::chrono::seconds(1)));
}

TEST(Steering, WritesNothingAndCountsWouldHaveWhenItAdvises) {
  SteeringStage stage(in(Mode::kAdvise));
  stage.periods(60);
  EXPECT_TRUE(stage.engine.turned.empty());
  EXPECT_GT(counted(stage.steering.state(), Outcome::kWould), 0U);
  EXPECT_EQ(counted(stage.steering.state(), Outcome::kWritten), 0U);
}

TEST(Steering, DecidesNothingWhenItObserves) {
  SteeringStage stage(in(Mode::kObserve));
  stage.engine.state.knobs = {Engine::kThreads, {0, 4, 1}};
  stage.periods(20);
  EXPECT_FALSE(stage.steering.state().deciding);
  EXPECT_TRUE(stage.steering.state().decisions.empty());
  EXPECT_TRUE(stage.engine.turned.empty());
  EXPECT_EQ(stage.steering.state().active, (Setting{Engine::kThreads, 4}));
}

TEST(Steering, TurnsNoKnobWhileTheKnobsCannotBeRead) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.read_error = "offloading: EIO";
  stage.periods(20);
  EXPECT_TRUE(stage.engine.turned.empty());
  EXPECT_NE(stage.steering.state().why_not.find("offloading: EIO"), std::string::npos);
}

TEST(Steering, TurnsNoKnobWhileTheCpusCannotBeRead) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.cpus.error = "/proc/stat: gone";
  stage.periods(20);
  EXPECT_TRUE(stage.engine.turned.empty());
}

TEST(Steering, TurnsNoKnobWhileMuchOfTheBytesIsSeenByNoHook) {
  SteeringStage stage(in(Mode::kEnforce));
  for (int i = 0; i < 20; ++i) {
    Window window = test::copied(5.0, steer::kUnmodified);
    FolioEntry unseen;
    unseen.initiator.kind = InitiatorKind::kKcompactd;
    unseen.bytes = window.folios[0].bytes;
    window.folios.push_back(unseen);
    stage.turn(window);
  }
  EXPECT_TRUE(stage.engine.turned.empty());
  EXPECT_NE(stage.steering.state().why_not.find("50 %"), std::string::npos);
}

TEST(Steering, SaysWhatFailedAndTriesLessOftenAfterEachFailure) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.write_error = "threads: EBUSY";
  stage.periods(40);
  const steer::SteerState& state = stage.steering.state();
  EXPECT_GE(counted(state, Outcome::kFailed), 2U);
  EXPECT_LE(counted(state, Outcome::kFailed), 6U);
  EXPECT_GT(counted(state, Outcome::kRefused), 0U);
}

TEST(Steering, GoesOnAfterAFailureIsOver) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.write_error = "threads: EBUSY";
  stage.periods(10);
  stage.engine.write_error.clear();
  stage.periods(80);
  EXPECT_EQ(stage.engine.state.knobs.active(), (Setting{Engine::kThreads, 8}));
  EXPECT_TRUE(stage.steering.warnings().empty());
}

TEST(Steering, LeavesAKnobAloneThatSomebodyElseHolds) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.state.held = {.engine = true, .threads = true, .channels = true};
  stage.periods(40);
  EXPECT_TRUE(stage.engine.turned.empty());
}

TEST(Steering, LearnsNothingFromAPeriodInWhichSomebodyTurnedAKnob) {
  SteeringStage stage(in(Mode::kAdvise));
  stage.periods(5);
  stage.engine.state.knobs = {Engine::kDma, {0, 4, 2}};
  stage.periods(1);
  const steer::NotedDecisionPtr last = stage.steering.state().decisions.back();
  for (const steer::Considered& other : last->decision.considered) {
    EXPECT_TRUE(other.setting.engine != Engine::kDma || other.samples < 0.5)
        << describe(other.setting);
  }
}

TEST(Steering, BeginsAnewWhenTheEngineOffersOtherSettings) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.periods(60);
  stage.engine.offer(16, 0);
  stage.periods(60);
  EXPECT_EQ(stage.engine.state.knobs.active(), (Setting{Engine::kThreads, 16}));
}

TEST(Steering, KeepsTheIdsOfDecisionsRisingThroughAllGovernors) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.periods(30);
  stage.engine.offer(16, 0);
  stage.periods(30);
  std::set<std::uint64_t> ids;
  for (const steer::NotedDecisionPtr& noted : stage.steering.state().decisions) {
    EXPECT_TRUE(ids.insert(noted->decision.id).second) << noted->decision.id;
  }
  EXPECT_GT(ids.size(), 5U);
}

TEST(Steering, KeepsABoundedHistoryOfDecisionsThatSaySomethingNew) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.periods(500);
  const auto& decisions = stage.steering.state().decisions;
  EXPECT_LE(decisions.size(), 64U);
  for (std::size_t i = 1; i < decisions.size(); ++i) {
    EXPECT_TRUE(says_more(*decisions[i - 1], *decisions[i])) << i;
  }
}

TEST(Steering, SaysThatThereIsNoEngine) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.state.offered.clear();
  stage.periods(3);
  EXPECT_NE(stage.steering.state().why_not.find("no copy engine"), std::string::npos);
}

TEST(Steering, TimesWholeCallsOnceAnEngineBypassesTheCopyFunction) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.state.knobs.engine = Engine::kThreads;
  for (int i = 0; i < 3; ++i) {
    Window window = test::copied(5.0, stage.engine.state.knobs.active());
    window.folios[0].content = window.folios[0].content_elapsed = Nanoseconds{};
    stage.turn(window);
  }
  EXPECT_EQ(stage.steering.state().timing, steer::Timing::kWholeCall);
  EXPECT_FALSE(stage.steering.state().classes.empty());
  EXPECT_GT(stage.steering.state().classes[0].sample.copy, Nanoseconds{});
}

TEST(Steering, FallsToWhatIsIdleWithinThreePeriodsAndComesBack) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.offer(8, 0);
  stage.periods(60);
  ASSERT_EQ(stage.engine.state.knobs.active(), (Setting{Engine::kThreads, 8}));
  // All CPUs are used by others: what is left is the share that our own workers get.
  stage.cpus.idle_cpus = -7.5;
  stage.periods(3);
  EXPECT_LE(stage.engine.state.knobs.active().workers, 1U);
  stage.cpus.idle_cpus = 64.0;
  stage.periods(60);
  EXPECT_EQ(stage.engine.state.knobs.active(), (Setting{Engine::kThreads, 8}));
}

TEST(Steering, AdmitsReasonsByRankWhenTheEngineIsFull) {
  SteerSettings settings = in(Mode::kEnforce);
  settings.reasons = {MigrateReason::kDemotion, MigrateReason::kCompaction};
  SteeringStage stage(settings);
  stage.engine.state.has_reason_mask = true;
  stage.engine.state.reason_mask = steer::kKnownReasons;
  stage.engine.state.knobs = {Engine::kThreads, {0, 4, 1}};
  stage.engine.state.held = {.engine = true, .threads = true, .channels = true};
  stage.cpus.idle_cpus = -3.0;  // others take from what our own copying would use
  for (int i = 0; i < 15; ++i) {
    Window window = test::copied(5.0, stage.engine.state.knobs.active());
    window.folios[0].reason = MigrateReason::kCompaction;
    window.workers[0].reason = MigrateReason::kCompaction;
    window.folios.push_back(window.folios[0]);
    window.workers.push_back(window.workers[0]);
    window.folios[1].reason = MigrateReason::kDemotion;
    window.workers[1].reason = MigrateReason::kDemotion;
    stage.turn(window);
  }
  ASSERT_FALSE(stage.engine.admitted.empty());
  const std::uint32_t mask = stage.engine.admitted.front();
  EXPECT_NE(mask & steer::bit(MigrateReason::kDemotion), 0U);
  EXPECT_EQ(mask & steer::bit(MigrateReason::kCompaction), 0U);
  EXPECT_EQ(stage.steering.state().reasons.refused.size(), 1U);
}

TEST(Steering, LeavesTheMaskOfReasonsAloneUnlessAPolicyIsSet) {
  SteeringStage stage(in(Mode::kEnforce));
  stage.engine.state.has_reason_mask = true;
  stage.engine.state.reason_mask = steer::bit(MigrateReason::kDemotion);
  stage.periods(40);
  EXPECT_TRUE(stage.engine.admitted.empty());
}

/// A loop between fakes that also steers.
struct SteeredLoop {
  SteeredLoop() : steering(in(Mode::kEnforce), engine, cpus, nullptr) {
    engine.offer(8, 0);
    stage.source.current.layer = Layer::kPrecise;
    stage.loop.steer_with(steering);
  }
  void periods(int count) {
    for (int i = 0; i < count; ++i) {
      const Setting active = engine.state.knobs.active();
      stage.turn(test::copied(active.workers > 0 ? 5.0 * active.workers : 5.0, active));
    }
  }

  test::LoopStage stage;
  test::FakeCopyEngine engine;
  test::FakeCpuMeter cpus;
  Steering steering;
};

TEST(SteeredLoop, PublishesWhatWasDecided) {
  SteeredLoop loop;
  loop.periods(40);
  EXPECT_TRUE(loop.stage.sink.last().steer.deciding);
  EXPECT_FALSE(loop.stage.sink.last().steer.decisions.empty());
  EXPECT_EQ(loop.engine.state.knobs.active(), (Setting{Engine::kThreads, 8}));
}

TEST(SteeredLoop, PublishesAlsoWhenAWriteFails) {
  SteeredLoop loop;
  loop.engine.write_error = "threads: EBUSY";
  loop.periods(5);
  EXPECT_EQ(loop.stage.sink.all.size(), 5U);
  EXPECT_GT(counted(loop.stage.sink.last().steer, Outcome::kFailed), 0U);
  ASSERT_FALSE(loop.stage.sink.last().warnings.empty());
  EXPECT_NE(loop.stage.sink.last().warnings.front().find("EBUSY"), std::string::npos);
}

TEST(SteeredLoop, TurnsNoKnobWhenTheKernelCannotBeRead) {
  SteeredLoop loop;
  loop.periods(1);
  loop.stage.turn_failing("ring gone");
  EXPECT_FALSE(loop.stage.sink.last().steer.deciding);
  EXPECT_NE(loop.stage.sink.last().steer.why_not.find("ring gone"), std::string::npos);
  EXPECT_TRUE(loop.engine.turned.empty());
}

}  // namespace
}  // namespace pagefare
