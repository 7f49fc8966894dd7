// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/fairness.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "controller/loop/loop.h"
#include "tests/support/collecting_sink.h"
#include "tests/support/fake_cgroup_names.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_event_source.h"
#include "tests/support/fake_levers.h"
#include "tests/support/windows.h"

namespace pagefare::test {
namespace {

fair::Policy strict_policy(fair::Charge charge = fair::Charge::kBill) {
  fair::Policy policy;
  policy.charge = charge;
  policy.capacity_cpu_ppm = 1'000'000;
  fair::Budget budget;
  budget.match = "/a";
  budget.cpu_ppm = 100'000;
  budget.burst = {};
  budget.actions.add(fair::Action::kGate);
  policy.budgets.push_back(budget);
  return policy;
}

struct Stage {
  explicit Stage(Mode mode = Mode::kEnforce, fair::Charge charge = fair::Charge::kBill)
      : fairness({.mode = mode,
                  .policy = strict_policy(charge),
                  .own_path = "/self",
                  .boot_id = "boot",
                  .cpus = 2},
                 {.names = names, .clock = clock, .levers = &levers, .memory = &memory}),
        loop({.mode = mode, .page_size = 4096}, source, names, clock, sink) {
    loop.attach(fairness);
    names.make(CgroupId{1}, "/a");
  }

  /// One second in which /a copied for so long.
  void turn(Nanoseconds copied) {
    Window window;
    window.duration = std::chrono::seconds(1);
    window.folios = {moved(task(1), cgroup(1), 1000)};
    window.folios[0].cpu = copied;
    source.queue(std::move(window));
    loop.turn();
  }
  void turn_over() { turn(std::chrono::milliseconds(900)); }
  const fair::FairState& state() { return sink.last().fair; }

  FakeEventSource source;
  FakeCgroupNames names;
  FakeClock clock;
  CollectingSink sink;
  FakeLevers levers;
  FakeFairMemory memory;
  Fairness fairness;
  Loop loop;
};

TEST(Fairness, TellsTheLeversWhoIsOver) {
  Stage stage;
  stage.turn_over();
  ASSERT_EQ(stage.levers.told.size(), 1U);
  ASSERT_EQ(stage.levers.told[0].cgroups.size(), 1U);
  EXPECT_EQ(stage.levers.told[0].cgroups[0].path, "/a");
  EXPECT_GT(stage.levers.told[0].cgroups[0].gate_for.count(), 0);
  EXPECT_TRUE(stage.state().enforcing);
}

/// /a copies memory of somebody else.
TEST(Fairness, ChargesBudgetsByARuleOfItsOwn) {
  for (const auto& [charge, told] :
       {std::pair{fair::Charge::kBill, 1U}, std::pair{fair::Charge::kInitiator, 1U},
        std::pair{fair::Charge::kOwner, 0U}}) {
    Stage stage(Mode::kEnforce, charge);
    stage.names.make(CgroupId{2}, "/b");
    Window window;
    window.duration = std::chrono::seconds(1);
    window.folios = {moved(task(1), cgroup(2), 1000)};
    window.folios[0].cpu = std::chrono::milliseconds(900);
    stage.source.queue(std::move(window));
    stage.loop.turn();
    ASSERT_EQ(stage.levers.told.size(), 1U);
    EXPECT_EQ(stage.levers.told[0].cgroups.size(), told);
    EXPECT_EQ(stage.sink.charged("/a")->copy_cpu, std::chrono::milliseconds(900));
  }
}

TEST(Fairness, TellsNobodyAnythingInAdvise) {
  Stage stage(Mode::kAdvise);
  stage.turn_over();
  EXPECT_TRUE(stage.levers.told.empty());
  EXPECT_FALSE(stage.state().enforcing);
  EXPECT_EQ(stage.state().would_have[static_cast<std::size_t>(fair::Stage::kGate)], 1U);
}

TEST(Fairness, SettlesNothingInObserve) {
  Stage stage(Mode::kObserve);
  stage.turn_over();
  EXPECT_TRUE(stage.levers.told.empty());
  EXPECT_FALSE(stage.state().active);
}

TEST(Fairness, PublishesAndGoesOnWhenTheLeversFail) {
  Stage stage;
  stage.levers.failure = "no levers today";
  stage.turn_over();
  EXPECT_EQ(stage.state().failed_applies, 1U);
  EXPECT_EQ(stage.state().last_error, "no levers today");
  stage.levers.failure.reset();
  stage.turn_over();
  EXPECT_EQ(stage.levers.told.size(), 2U);
  EXPECT_EQ(stage.state().last_error, "");
}

TEST(Fairness, LetsGoWhenTheKernelCannotBeRead) {
  Stage stage;
  stage.turn_over();
  stage.source.queue_failure("blind");
  stage.loop.turn();
  EXPECT_EQ(stage.levers.releases, 1);
}

TEST(Fairness, StopsEnforcingWhileTooMuchIsChargedToNobody) {
  Stage stage;
  stage.turn_over();
  Window window;
  window.duration = std::chrono::seconds(1);
  window.folios = {moved(task(1), cgroup(1), 1000)};
  window.folios[0].cpu = std::chrono::milliseconds(900);
  window.losses.folio_cpu = std::chrono::seconds(5);
  stage.source.queue(std::move(window));
  stage.loop.turn();
  EXPECT_TRUE(stage.levers.told.back().cgroups.empty());
  EXPECT_FALSE(stage.state().enforcing);
  EXPECT_NE(stage.state().why_not.find("charged to somebody"), std::string::npos);
}

TEST(Fairness, SaysWhatAMachineLacks) {
  Stage stage;
  stage.levers.missing = fair::Action::kGate;
  stage.turn_over();
  EXPECT_TRUE(stage.levers.told.back().cgroups.empty());
  const auto* const tenant = fair::find_tenant(stage.state(), "/a/child");
  ASSERT_NE(tenant, nullptr);
  EXPECT_EQ(tenant->rule, fair::Rule::kUnavailable);
}

TEST(Fairness, SaysThatSomebodyElseWritesWhatItWould) {
  for (const auto& [outcome, rule] : {std::pair{fair::Outcome::kTheirs, fair::Rule::kTheirs},
                                      std::pair{fair::Outcome::kApplied, fair::Rule::kNoAction}}) {
    Stage stage;
    fair::Policy policy = strict_policy();
    policy.budgets[0].actions = {};
    policy.budgets[0].actions.add(fair::Action::kRepay);
    stage.fairness.set_policy(policy);
    stage.levers.report.outcomes = {
        {.path = "/a", .lever = fair::Action::kRepay, .outcome = outcome, .why = ""}};
    for (int period = 0; period < 6; ++period) stage.turn_over();
    const auto* const tenant = fair::find_tenant(stage.state(), "/a");
    ASSERT_NE(tenant, nullptr);
    EXPECT_EQ(tenant->rule, rule) << tenant->sentence;
  }
}

TEST(Fairness, LetsNoCgroupInheritWhatAnotherOfItsPathUsed) {
  Stage stage;
  stage.turn_over();
  stage.names.remove(CgroupId{1});
  stage.names.make(CgroupId{2}, "/a");
  Window window;
  window.duration = std::chrono::seconds(1);
  window.folios = {moved(task(2), cgroup(2), 1000)};
  window.folios[0].cpu = std::chrono::milliseconds(50);
  stage.source.queue(std::move(window));
  stage.loop.turn();
  const auto* const tenant = fair::find_tenant(stage.state(), "/a");
  ASSERT_NE(tenant, nullptr);
  EXPECT_EQ(tenant->dues.used[fair::Resource::kCpu], 50'000'000U);
}

TEST(Fairness, KeepsTheSumsOfACgroupThatStays) {
  Stage stage;
  stage.turn(std::chrono::milliseconds(50));
  stage.turn(std::chrono::milliseconds(50));
  EXPECT_EQ(fair::find_tenant(stage.state(), "/a")->dues.used[fair::Resource::kCpu], 100'000'000U);
}

TEST(Fairness, RemembersAcrossRuns) {
  FakeFairMemory kept;
  {
    Stage stage;
    stage.turn_over();
    stage.fairness.stop();
    EXPECT_EQ(stage.levers.releases, 1);
    kept.kept = stage.memory.kept;
  }
  ASSERT_EQ(kept.kept.tenants.size(), 2U);
  EXPECT_EQ(kept.kept.tenants[0].path, "/a");
  EXPECT_GT(kept.kept.tenants[0].dues.used[fair::Resource::kCpu], 0U);
}

TEST(Fairness, SaysWhyItStartsAfreshAndCannotSave) {
  FakeCgroupNames names;
  FakeClock clock;
  FakeFairMemory memory;
  memory.load_failure = "broken file";
  Fairness fairness(
      {.mode = Mode::kAdvise, .policy = strict_policy(), .own_path = "", .boot_id = ""},
      {.names = names, .clock = clock, .memory = &memory});
  EXPECT_EQ(fairness.state().last_error, "broken file");
  memory.save_failure = "disk full";
  fairness.stop();
  EXPECT_EQ(fairness.state().last_error, "disk full");
}

TEST(Fairness, TakesOverANewPolicy) {
  Stage stage;
  stage.turn_over();
  fair::Policy generous = strict_policy();
  generous.budgets[0].cpu_ppm.reset();
  generous.capacity_cpu_ppm = 2'000'000;
  generous.dwell = {};
  stage.fairness.set_policy(generous);
  for (int i = 0; i < 40; ++i) stage.turn(std::chrono::milliseconds(100));
  EXPECT_TRUE(stage.levers.told.back().cgroups.empty());
}

TEST(Promotions, AreChargedLikeEverythingElse) {
  Window window;
  window.folios = {moved(task(1), cgroup(2), 3)};
  window.folios[0].reason = MigrateReason::kNumaMisplaced;
  EXPECT_EQ(promotions(window, ChargeRule::kRule).at(0).first, CgroupId{1});
  EXPECT_EQ(promotions(window, ChargeRule::kOwner).at(0).first, CgroupId{2});
  window.folios[0].reason = MigrateReason::kCompaction;
  EXPECT_TRUE(promotions(window, ChargeRule::kRule).empty());
}

}  // namespace
}  // namespace pagefare::test
