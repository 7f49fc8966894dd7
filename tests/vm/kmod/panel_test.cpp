// SPDX-License-Identifier: Apache-2.0
//
// The panel of knobs on the copy module itself: turned, read back, left to a human, undone after a
// sudden end.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <thread>

#include "controller/edge/journal/custody.h"
#include "controller/edge/knobs/knob_panel.h"
#include "controller/edge/system_clock.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

using steer::Engine;

constexpr const char* kState = "/tmp/pagefare-state";
constexpr const char* kRun = "/tmp/pagefare-run";
constexpr const char* kProgram = "/bin/pagefare";

steer::Knobs knobs(Engine engine, std::uint32_t threads, std::uint32_t channels = 1) {
  steer::Knobs wanted{.engine = engine};
  wanted.count(Engine::kThreads) = threads;
  wanted.count(Engine::kDma) = channels;
  return wanted;
}

/// Custody and panel of one daemon.
struct Hands {
  explicit Hands(bool guarded) {
    auto place = journal_place(kState);
    EXPECT_TRUE(place);
    Custody::Settings settings{.place = *place, .guard = {}};
    if (guarded) settings.guard = {kProgram, "guard", "--state-directory", kState};
    auto opened = Custody::open(settings, files);
    EXPECT_TRUE(opened) << opened.error().message;
    custody.emplace(*std::move(opened));
    panel.emplace(KnobPanelSettings{.roots = {}, .run_directory = kRun}, files, clock, &*custody);
  }

  KnobState read() {
    auto state = panel->read();
    EXPECT_TRUE(state);
    return *state;
  }
  Result<void> turn(const steer::Knobs& to) { return panel->turn(to, steer::Haste::kSearch); }

  SystemFiles files;
  SystemClock clock;
  std::optional<Custody> custody;
  std::optional<KnobPanel> panel;
};

bool has_alarm(const KnobState& state, KnobAlarm::Kind kind) {
  return std::ranges::any_of(state.alarms, [kind](const auto& a) { return a.kind == kind; });
}

/// Turns knobs in a process that is then killed.
void turn_and_die(bool guarded) {
  const pid_t child = fork();
  if (child == 0) {
    Hands hands(guarded);
    (void)hands.read();
    const bool turned = hands.turn(knobs(Engine::kThreads, 2)).has_value();
    if (!turned || get_knob("offloading") != "1") _exit(1);
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the knobs were not turned";
}

bool comes_true(const std::function<bool()>& claim) {
  for (int i = 0; i < 600; ++i) {
    if (claim()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

bool is_as_found() {
  return get_knob("threads") == "4" && get_knob("offloading") == "0" &&
         get_knob("engine") == "serial";
}

class Panel : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(module_.error(), 0);
    mkdir(kRun, 0755);
  }

  LoadedModule module_{"pagefare_copy"};
};

TEST_F(Panel, TurnsTheEngineOnAndReadsItBack) {
  Hands hands(false);
  const KnobState before = hands.read();
  EXPECT_EQ(before.active, steer::kUnmodified);
  EXPECT_NE(std::ranges::find(before.offered, steer::Setting{Engine::kThreads, 2}),
            before.offered.end());
  const auto turned = hands.turn(knobs(Engine::kThreads, 2));
  ASSERT_TRUE(turned) << turned.error().message;
  EXPECT_EQ(get_knob("threads"), "2");
  EXPECT_EQ(get_knob("engine"), "threads");
  EXPECT_EQ(get_knob("offloading"), "1");
  EXPECT_EQ(hands.read().active, (steer::Setting{Engine::kThreads, 2}));
  hands.custody->finish();
  EXPECT_TRUE(is_as_found());
}

TEST_F(Panel, LeavesToAHumanWhatTheyWroteUntilItIsReleased) {
  Hands hands(false);
  (void)hands.read();
  ASSERT_TRUE(hands.turn(knobs(Engine::kThreads, 2)));
  (void)hands.read();
  ASSERT_EQ(set_knob("threads", "8"), 0);
  const KnobState held = hands.read();
  EXPECT_TRUE(held.held.threads);
  EXPECT_TRUE(has_alarm(held, KnobAlarm::Kind::kConflict));
  ASSERT_TRUE(hands.turn(knobs(Engine::kThreads, 4)));
  EXPECT_EQ(get_knob("threads"), "8");
  ASSERT_TRUE(ask_for_release(kRun, "pagefare_copy.threads"));
  EXPECT_FALSE(hands.read().held.threads);
  ASSERT_TRUE(hands.turn(knobs(Engine::kThreads, 4)));
  EXPECT_EQ(get_knob("threads"), "4");
  hands.custody->finish();
  EXPECT_EQ(get_knob("threads"), "8") << "the human's value is the original now";
}

TEST_F(Panel, TurnsTheMaskOfReasons) {
  Hands hands(false);
  ASSERT_TRUE(hands.read().has_reason_mask);
  const std::uint32_t mask = 1U << 8U | 1U << 5U;
  const auto admitted = hands.panel->admit(mask);
  ASSERT_TRUE(admitted) << admitted.error().message;
  EXPECT_EQ(get_knob("reason_mask"), "numa_misplaced,demotion");
  EXPECT_EQ(hands.read().reason_mask, mask);
  hands.custody->finish();
  EXPECT_NE(get_knob("reason_mask"), "numa_misplaced,demotion");
}

TEST_F(Panel, IsUndoneByItsGuardWhenTheWriterIsKilled) {
  turn_and_die(true);
  EXPECT_TRUE(comes_true(is_as_found)) << get_knob("threads") << get_knob("offloading");
}

TEST_F(Panel, IsRestoredByHandWhenTheGuardWasKilledToo) {
  turn_and_die(false);
  EXPECT_EQ(get_knob("threads"), "2");
  const std::string command = std::string(kProgram) + " restore --state-directory " + kState;
  EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(cert-env33-c): a command of the guest's own
  EXPECT_TRUE(is_as_found());
}

TEST_F(Panel, SaysWhyTheModuleRefusesDmaWithoutAChannel) {
  Hands hands(false);
  (void)hands.read();
  ASSERT_EQ(set_knob("engine", "threads"), 0);
  ASSERT_EQ(set_knob("offloading", "1"), 0);
  (void)hands.read();
  const auto turned = hands.turn(knobs(Engine::kDma, 4));
  ASSERT_FALSE(turned);
  EXPECT_NE(turned.error().message.find("no DMA channel"), std::string::npos)
      << turned.error().message;
}

}  // namespace
}  // namespace pagefare::kmod_test
