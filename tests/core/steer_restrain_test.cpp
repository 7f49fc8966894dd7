// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <bit>

#include "controller/core/steer/restrain.h"
#include "tests/support/steer_views.h"

namespace pagefare::test {
namespace {

using steer::Haste;
using steer::Knobs;
using steer::step_toward;

const steer::SettingSpace whole_space = threads_and_channels(64, 16);

Knobs running(Engine engine, std::uint32_t workers) {
  Knobs knobs;
  knobs.engine = engine;
  knobs.count(engine) = workers;
  return knobs;
}

TEST(Restrain, GoesOnePowerOfTwoAtATime) {
  Knobs knobs = running(Engine::kThreads, 4);
  knobs = step_toward(knobs, {Engine::kThreads, 32}, whole_space, {}, Haste::kSearch);
  EXPECT_EQ(knobs.active().workers, 8U);
}

TEST(Restrain, MayGoDownTwoPowersOfTwoUnderPressure) {
  const Knobs now = running(Engine::kThreads, 64);
  EXPECT_EQ(
      step_toward(now, {Engine::kThreads, 1}, whole_space, {}, Haste::kPressure).active().workers,
      16U);
}

TEST(Restrain, TakesThreadsAwayUnderPressureOnTheWayToAnotherEngine) {
  Knobs knobs = running(Engine::kThreads, 64);
  for (int period = 0; period < 3; ++period) {
    knobs = step_toward(knobs, {Engine::kDma, 16}, whole_space, {}, Haste::kPressure);
  }
  EXPECT_TRUE(knobs.engine != Engine::kThreads || knobs.active().workers == 1)
      << describe(knobs.active());
}

TEST(Restrain, NeverGoesUpTwoPowersOfTwo) {
  const Knobs now = running(Engine::kThreads, 1);
  EXPECT_EQ(
      step_toward(now, {Engine::kThreads, 64}, whole_space, {}, Haste::kPressure).active().workers,
      2U);
}

TEST(Restrain, SetsTheCountBeforeTheEngineIsTurnedOn) {
  Knobs knobs = running(Engine::kThreads, 8);
  int periods = 0;
  while (knobs.engine != Engine::kDma && periods < 20) {
    knobs = step_toward(knobs, {Engine::kDma, 8}, whole_space, {}, Haste::kSearch);
    ++periods;
  }
  EXPECT_EQ(knobs.active(), (Setting{Engine::kDma, 8}));
  EXPECT_EQ(periods, 3);
}

TEST(Restrain, WritesOneKnobPerPeriodWhenCalm) {
  Knobs knobs = running(Engine::kKernel, 0);
  knobs = step_toward(knobs, {Engine::kThreads, 8}, whole_space, {}, Haste::kCalm);
  EXPECT_EQ(knobs.engine, Engine::kKernel);
  EXPECT_EQ(knobs.count(Engine::kThreads), 8U);
  knobs = step_toward(knobs, {Engine::kThreads, 8}, whole_space, {}, Haste::kCalm);
  EXPECT_EQ(knobs.active(), (Setting{Engine::kThreads, 8}));
}

TEST(Restrain, TurnsTheEngineOffAtOnce) {
  const Knobs now = running(Engine::kThreads, 64);
  EXPECT_EQ(step_toward(now, steer::kUnmodified, whole_space, {}, Haste::kPressure).active(),
            steer::kUnmodified);
}

TEST(Restrain, StepsOntoTheSpaceFromACountThatIsNoPowerOfTwo) {
  const Knobs now = running(Engine::kThreads, 12);
  EXPECT_EQ(
      step_toward(now, {Engine::kThreads, 64}, whole_space, {}, Haste::kSearch).active().workers,
      16U);
  EXPECT_EQ(
      step_toward(now, {Engine::kThreads, 1}, whole_space, {}, Haste::kSearch).active().workers,
      8U);
}

TEST(Restrain, ArrivesFromAnywhereThroughPowersOfTwoOnly) {
  for (const Setting from : whole_space.all()) {
    for (const Setting to : whole_space.all()) {
      Knobs knobs = running(from.engine, from.workers);
      for (int i = 0; i < 12; ++i) {
        const Knobs next = step_toward(knobs, to, whole_space, {}, Haste::kSearch);
        ASSERT_TRUE(next.engine == Engine::kKernel || std::has_single_bit(next.active().workers));
        knobs = next;
      }
      EXPECT_EQ(knobs.active(), to) << describe(from) << " to " << describe(to);
    }
  }
}

TEST(Restrain, LeavesHeldKnobsAlone) {
  const Knobs now = running(Engine::kThreads, 4);
  EXPECT_EQ(step_toward(now, {Engine::kThreads, 8}, whole_space, {.threads = true}, Haste::kSearch),
            now);
  EXPECT_EQ(step_toward(now, steer::kUnmodified, whole_space, {.engine = true}, Haste::kSearch),
            now);
}

TEST(Restrain, AllowsOneStepAndTwoDownUnderPressure) {
  using steer::within_step;
  EXPECT_TRUE(within_step(4, 8, Haste::kSearch));
  EXPECT_FALSE(within_step(4, 16, Haste::kPressure));
  EXPECT_TRUE(within_step(16, 8, Haste::kCalm));
  EXPECT_FALSE(within_step(16, 4, Haste::kSearch));
  EXPECT_TRUE(within_step(16, 4, Haste::kPressure));
  EXPECT_FALSE(within_step(16, 2, Haste::kPressure));
}

TEST(Restrain, AllowsTheNeighboursOfACountThatIsNoPowerOfTwo) {
  EXPECT_TRUE(steer::within_step(12, 16, Haste::kCalm));
  EXPECT_TRUE(steer::within_step(12, 8, Haste::kCalm));
  EXPECT_FALSE(steer::within_step(12, 4, Haste::kCalm));
  EXPECT_TRUE(steer::within_step(0, 1, Haste::kCalm));
}

TEST(Restrain, NeverPlansWhatIsNoStep) {
  for (const Haste haste : {Haste::kCalm, Haste::kSearch, Haste::kPressure}) {
    for (std::uint32_t now = 1; now <= 64; ++now) {
      for (const Setting to : whole_space.all()) {
        const Knobs next = step_toward(running(Engine::kThreads, now), to, whole_space, {}, haste);
        ASSERT_TRUE(next.count(Engine::kThreads) == now ||
                    steer::within_step(now, next.count(Engine::kThreads), haste))
            << now << " to " << describe(to);
      }
    }
  }
}

TEST(Settings, LeaveOutCountsThatLoseBytes) {
  const steer::SettingSpace space({{Engine::kThreads, 12}, {Engine::kThreads, 8}});
  EXPECT_EQ(space.size(), 2U);
  EXPECT_FALSE(space.find({Engine::kThreads, 12}).has_value());
}

TEST(Settings, CountTheKnobsThatDiffer) {
  EXPECT_EQ(writes_between(running(Engine::kThreads, 4), running(Engine::kThreads, 4)), 0U);
  EXPECT_EQ(writes_between(running(Engine::kThreads, 4), running(Engine::kThreads, 8)), 1U);
  EXPECT_EQ(writes_between(Knobs{}, running(Engine::kThreads, 4)), 1U);
  EXPECT_EQ(writes_between(running(Engine::kThreads, 4), running(Engine::kDma, 1)), 2U);
}

}  // namespace
}  // namespace pagefare::test
