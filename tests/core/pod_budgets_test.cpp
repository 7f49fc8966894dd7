// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/pod_budgets.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/core/fair/holders.h"

namespace pagefare::fair {
namespace {

const std::string kPods = "/kubepods.slice";
const std::string kPod = kPods + "/pod1.slice";
const std::string kContainer = kPod + "/cri-containerd-1.scope";

Budget budget(const std::string& match) {
  Budget made;
  made.match = match;
  made.actions.add(Action::kGate).add(Action::kRate);
  made.burst = std::chrono::seconds(3);
  return made;
}

PodWish wish() {
  PodWish made;
  made.path = kPod;
  made.pod = "shop/web-0";
  made.weight = 300;
  made.cpu_ppm = 200'000;
  made.bytes_per_second = Bytes{4096};
  return made;
}

PodGrants grant_one(const Policy& policy, const PodWish& wish, const PodBounds& bounds = {}) {
  return grant(policy, bounds, {{wish.path, {.wish = wish, .cgroups = {kContainer}}}});
}

Policy covering(const std::string& match = kPods) {
  Policy policy;
  policy.budgets = {budget(match)};
  return policy;
}

TEST(PodBudgets, AreWhatThePodAsksForWithTheActionsOfTheBudgetAbove) {
  const PodGrants grants = grant_one(covering(), wish());
  Budget expected = budget(kPod);
  expected.weight = 300;
  expected.cpu_ppm = 200'000;
  expected.bytes_per_second = Bytes{4096};
  EXPECT_EQ(grants.budgets, std::vector{expected});
  EXPECT_TRUE(grants.faults.empty());
}

TEST(PodBudgets, AreNoMoreThanTheBounds) {
  const PodGrants grants =
      grant_one(covering(), wish(),
                {.most_weight = 50, .most_cpu_ppm = 100'000, .most_bytes_per_second = Bytes{1024}});
  ASSERT_EQ(grants.budgets.size(), 1U);
  EXPECT_EQ(grants.budgets[0].weight, 50U);
  EXPECT_EQ(grants.budgets[0].cpu_ppm, 100'000U);
  EXPECT_EQ(grants.budgets[0].bytes_per_second, Bytes{1024});
  ASSERT_EQ(grants.faults.size(), 1U);
  EXPECT_NE(grants.faults[0].find("shop/web-0: asks for more"), std::string::npos);
}

TEST(PodBudgets, HaveTheBoundsWhereTheyAskForNone) {
  PodWish only_weight = wish();
  only_weight.cpu_ppm.reset();
  only_weight.bytes_per_second.reset();
  const PodGrants grants = grant_one(covering(), only_weight, {.most_cpu_ppm = 100'000});
  ASSERT_EQ(grants.budgets.size(), 1U);
  EXPECT_EQ(grants.budgets[0].cpu_ppm, 100'000U);
  EXPECT_TRUE(grants.faults.empty());
}

TEST(PodBudgets, NeverLoosenTheOneThatThePodHoldsAnyway) {
  Policy policy = covering(kPods + "/*.slice");
  policy.budgets[0].weight = 70;
  policy.budgets[0].cpu_ppm = 50'000;
  PodWish wanted = wish();
  wanted.weight.reset();
  const PodGrants grants = grant_one(policy, wanted);
  ASSERT_EQ(grants.budgets.size(), 1U);
  EXPECT_EQ(grants.budgets[0].cpu_ppm, 50'000U);
  EXPECT_EQ(grants.budgets[0].weight, 70U);
}

TEST(PodBudgets, AreForPodsThatABudgetCovers) {
  const PodGrants grants = grant_one(covering("/system.slice"), wish());
  EXPECT_TRUE(grants.budgets.empty());
  ASSERT_EQ(grants.faults.size(), 1U);
  EXPECT_NE(grants.faults[0].find("no [[budget]] covers it"), std::string::npos);
}

TEST(PodBudgets, YieldToOneThatNamesThePod) {
  Policy policy = covering();
  policy.budgets.push_back(budget(kPod));
  EXPECT_TRUE(grant_one(policy, wish()).budgets.empty());
}

// A path is more specific than any glob: the container's own limit would be lost.
TEST(PodBudgets, YieldToOneWithinThePod) {
  Policy policy = covering();
  policy.budgets.push_back(budget(kPods + "/*/cri-*"));
  const PodGrants grants = grant_one(policy, wish());
  EXPECT_TRUE(grants.budgets.empty());
  ASSERT_EQ(grants.faults.size(), 1U);
  EXPECT_NE(grants.faults[0].find("within it"), std::string::npos);
}

TEST(PodBudgets, AreNotForPathsThatWouldMatchOthers) {
  PodWish strange = wish();
  strange.path = kPods + "/*";
  EXPECT_TRUE(grant_one(covering(), strange).budgets.empty());
}

TEST(PodBudgets, SayWhatMeansNothing) {
  PodWish unread;
  unread.path = kPod;
  unread.pod = "shop/web-0";
  unread.faults = {"no weight"};
  const PodGrants grants = grant_one(covering(), unread);
  EXPECT_TRUE(grants.budgets.empty());
  EXPECT_EQ(grants.faults, std::vector<std::string>{"no weight"});
}

TEST(PodBudgets, SayOnceWhatPodsOfANamespaceShare) {
  PodWish first = wish();
  first.faults = {"namespace shop: no weight"};
  PodWish second = first;
  second.path = kPods + "/pod2.slice";
  const PodGrants grants = grant(covering(), {},
                                 {{first.path, {.wish = first, .cgroups = {}}},
                                  {second.path, {.wish = second, .cgroups = {}}}});
  EXPECT_EQ(grants.budgets.size(), 2U);
  EXPECT_EQ(grants.faults, std::vector<std::string>{"namespace shop: no weight"});
}

TEST(PodBudgets, AreHeldByThePodsCgroupAlone) {
  Policy policy = covering();
  const PodGrants grants = grant_one(policy, wish());
  policy.budgets.insert(policy.budgets.end(), grants.budgets.begin(), grants.budgets.end());
  const auto way = Holders(policy.budgets).on_the_way_to(kContainer);
  ASSERT_EQ(way.size(), 2U);
  EXPECT_EQ(way[0].path, kPods);
  EXPECT_EQ(way[1].path, kPod);
}

}  // namespace
}  // namespace pagefare::fair
