// SPDX-License-Identifier: Apache-2.0
// Budgets by annotation, from the cluster to the levers.
#include "controller/loop/pod_grants.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/loop/fairness.h"
#include "controller/loop/loop.h"
#include "tests/support/collecting_sink.h"
#include "tests/support/fake_cgroup_names.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_event_source.h"
#include "tests/support/fake_levers.h"
#include "tests/support/fake_pod_names.h"
#include "tests/support/windows.h"

namespace pagefare::test {
namespace {

fair::Policy policy_for_pods() {
  fair::Policy policy;
  policy.capacity_cpu_ppm = 1'000'000;
  fair::Budget budget;
  budget.match = "/kubepods";
  budget.burst = {};
  budget.actions.add(fair::Action::kGate);
  policy.budgets.push_back(budget);
  return policy;
}

fair::PodWish wish(std::optional<std::uint64_t> cpu_ppm) {
  fair::PodWish made;
  made.path = "/kubepods/pod1";
  made.pod = "shop/web-0";
  made.cpu_ppm = cpu_ppm;
  return made;
}

struct Stage {
  explicit Stage(fair::PodBounds bounds = {})
      : fairness({.mode = Mode::kEnforce,
                  .policy = policy_for_pods(),
                  .own_path = "/self",
                  .boot_id = "boot",
                  .cpus = 2},
                 {.names = names, .clock = clock, .levers = &levers, .memory = &memory}),
        loop({.mode = Mode::kEnforce, .page_size = 4096}, source, names, clock, sink) {
    fairness.grant_pods(pods, bounds);
    loop.attach(fairness);
    names.make(CgroupId{1}, "/kubepods/pod1/container");
  }

  /// One second in which the container copied for half a CPU.
  void turn() {
    Window window;
    window.duration = std::chrono::seconds(1);
    window.folios = {moved(task(1), cgroup(1), 1000)};
    window.folios[0].cpu = std::chrono::milliseconds(500);
    source.queue(std::move(window));
    loop.turn();
  }
  const fair::FairState& state() { return sink.last().fair; }
  std::string holder() {
    const auto* const tenant = fair::find_tenant(state(), "/kubepods/pod1/container");
    return tenant == nullptr ? "" : tenant->path;
  }

  FakeEventSource source;
  FakeCgroupNames names;
  FakeClock clock;
  CollectingSink sink;
  FakeLevers levers;
  FakeFairMemory memory;
  FakePodNames pods;
  Fairness fairness;
  Loop loop;
};

TEST(PodGrants, HoldThePodToWhatItAskedFor) {
  Stage stage;
  stage.pods.put_wish(wish(100'000));
  stage.turn();
  EXPECT_EQ(stage.holder(), "/kubepods/pod1");
  ASSERT_FALSE(stage.levers.told.empty());
  ASSERT_EQ(stage.levers.told.back().cgroups.size(), 1U);
  EXPECT_EQ(stage.levers.told.back().cgroups[0].path, "/kubepods/pod1");
  EXPECT_EQ(stage.state().pod_budgets, 1U);
}

TEST(PodGrants, AreNoneWithoutAnnotations) {
  Stage stage;
  stage.turn();
  EXPECT_EQ(stage.holder(), "/kubepods");
  EXPECT_EQ(stage.state().pod_budgets, 0U);
}

TEST(PodGrants, FollowAChangedAnnotation) {
  Stage stage;
  stage.turn();
  stage.pods.put_wish(wish(100'000));
  stage.turn();
  EXPECT_EQ(stage.holder(), "/kubepods/pod1");
  stage.pods.put_wish(wish(std::nullopt));
  stage.turn();
  EXPECT_EQ(stage.holder(), "/kubepods");
}

TEST(PodGrants, EndWithThePod) {
  Stage stage;
  stage.pods.put_wish(wish(100'000));
  stage.turn();
  stage.fairness.forget({CgroupId{1}});
  stage.names.make(CgroupId{2}, "/kubepods/other");
  Window window;
  window.duration = std::chrono::seconds(1);
  window.folios = {moved(task(2), cgroup(2), 1000)};
  stage.source.queue(std::move(window));
  stage.loop.turn();
  EXPECT_EQ(stage.state().pod_budgets, 0U);
}

TEST(PodGrants, StayWhenThePolicyIsReadAgainAndGoWithItsBudget) {
  Stage stage;
  stage.pods.put_wish(wish(100'000));
  stage.turn();
  fair::Policy changed = policy_for_pods();
  changed.budgets[0].weight = 7;
  stage.fairness.set_policy(changed);
  stage.turn();
  EXPECT_EQ(stage.holder(), "/kubepods/pod1");
  changed.budgets[0].match = "/elsewhere";
  stage.fairness.set_policy(changed);
  stage.turn();
  EXPECT_EQ(stage.holder(), fair::kUnlistedPath);
}

TEST(PodGrants, SayInAWarningWhatIsNotGranted) {
  Stage stage({.most_weight = 10});
  fair::PodWish greedy = wish(std::nullopt);
  greedy.weight = 1000;
  stage.pods.put_wish(greedy);
  stage.turn();
  EXPECT_EQ(stage.state().pod_faults.size(), 1U);
  bool warned = false;
  for (const std::string& warning : stage.sink.last().warnings) {
    warned = warned || warning.starts_with("budgets of pods: shop/web-0: ");
  }
  EXPECT_TRUE(warned);
}

}  // namespace
}  // namespace pagefare::test
