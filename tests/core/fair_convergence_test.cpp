// SPDX-License-Identifier: Apache-2.0
// The steward and a model machine: what the levers achieve together, period by period.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/fair_machine.h"

namespace pagefare::test {
namespace {

using fair::Action;
using fair::Stage;

FairMachine machine_of(const std::vector<unsigned>& threads,
                       const std::vector<std::uint32_t>& weights, double capacity, double cpus,
                       std::vector<Action> actions = {Action::kGate}) {
  FairMachine machine(policy_of(weights, capacity, std::move(actions)), cpus);
  for (std::size_t at = 0; at < threads.size(); ++at) {
    Mover mover;
    mover.path = std::string("/") + static_cast<char>('a' + at);
    mover.id = at + 1;
    mover.threads = threads[at];
    machine.add(mover);
  }
  return machine;
}

void expect_fair_within_five_seconds(const std::vector<unsigned>& threads, double capacity,
                                     double cpus) {
  const std::vector<std::uint32_t> weights(threads.size(), 100);
  FairMachine machine = machine_of(threads, weights, capacity, cpus);
  std::map<std::string, double> by_path;
  for (std::size_t at = 0; at < threads.size(); ++at) {
    by_path[std::string("/") + static_cast<char>('a' + at)] = 100;
  }
  machine.turn(1);
  EXPECT_LT(machine.jain(by_path), 0.9) << "nothing to correct";
  machine.forget_totals();
  machine.turn(3);
  for (int period = 5; period <= 60; ++period) {
    machine.turn();
    EXPECT_GE(machine.jain(by_path), 0.95) << "period " << period;
    if (period % 5 != 0) continue;
    EXPECT_GE(machine.jain_of_totals(by_path), 0.98) << "five periods up to " << period;
    machine.forget_totals();
  }
}

TEST(FairConvergence, EvensOutEightToOne) {
  expect_fair_within_five_seconds({8, 1}, 2, 2);
}

TEST(FairConvergence, EvensOutSixteenToOne) {
  expect_fair_within_five_seconds({16, 1}, 2, 2);
}

TEST(FairConvergence, EvensOutOneGreedyAmongFour) {
  expect_fair_within_five_seconds({1, 1, 1, 8}, 2, 2);
}

/// The capacity is below what the CPUs could do.
TEST(FairConvergence, EvensOutBelowWhatTheMachineCouldDo) {
  expect_fair_within_five_seconds({8, 1}, 1, 4);
  expect_fair_within_five_seconds({1, 1, 1, 8}, 1.5, 4);
}

/// A call costs ten times what a tenant may use in a period, and cannot be stopped.
TEST(FairConvergence, EvensOutCallsThatAreLongerThanAPeriod) {
  FairMachine machine = machine_of({4, 1}, {100, 100}, 0.2, 4);
  machine.mover("/a").call_cost = 1;
  machine.mover("/b").call_cost = 1;
  machine.turn(100);
  machine.forget_totals();
  machine.turn(100);
  EXPECT_GE(machine.jain_of_totals({{"/a", 1}, {"/b", 1}}), 0.98);
  EXPECT_NEAR(machine.total("/a"), 10, 2);
  EXPECT_NEAR(machine.total("/b"), 10, 2);
}

TEST(FairConvergence, FollowsWeights) {
  FairMachine machine = machine_of({4, 4, 4}, {100, 200, 400}, 2, 2);
  machine.turn(5);
  machine.forget_totals();
  machine.turn(20);
  const double sum = machine.total("/a") + machine.total("/b") + machine.total("/c");
  EXPECT_NEAR(machine.total("/a") / sum, 1.0 / 7, 0.05 / 7);
  EXPECT_NEAR(machine.total("/b") / sum, 2.0 / 7, 0.05 * 2 / 7);
  EXPECT_NEAR(machine.total("/c") / sum, 4.0 / 7, 0.05 * 4 / 7);
}

TEST(FairConvergence, LeavesWhatOneDoesNotUseToTheOther) {
  FairMachine machine = machine_of({8, 1}, {100, 100}, 2, 2);
  machine.mover("/b").wants = false;
  machine.turn(10);
  EXPECT_NEAR(machine.used("/a"), 2.0, 0.01);
  EXPECT_TRUE(machine.told().cgroups.empty());
}

TEST(FairConvergence, GivesWhoComesBackHisShareWithinTwoPeriods) {
  FairMachine machine = machine_of({8, 1}, {100, 100}, 2, 2);
  machine.turn(10);
  machine.mover("/b").wants = false;
  machine.turn(10);
  machine.mover("/b").wants = true;
  machine.turn(1);  // he is seen
  machine.turn(2);
  // The other one pays off besides what it took in the period in which he came.
  EXPECT_GE(machine.used("/b"), machine.used("/a"));
  EXPECT_GE(machine.jain({{"/a", 1}, {"/b", 1}}), 0.95);
}

TEST(FairConvergence, GivesAllToWhoIsLeftWithinTheDwell) {
  FairMachine machine = machine_of({8, 1}, {100, 100}, 2, 2);
  machine.turn(10);
  machine.mover("/b").wants = false;
  machine.turn(4);
  EXPECT_NEAR(machine.used("/a"), 2.0, 0.02);
}

/// What only one of them can use is not kept free for the other.
TEST(FairConvergence, LetsTheHungryHaveWhatAModestOneLeaves) {
  FairMachine machine = machine_of({8, 1}, {100, 100}, 2, 4);
  machine.mover("/b").appetite = 0.1;
  machine.turn(10);
  machine.forget_totals();
  machine.turn(20);
  EXPECT_NEAR(machine.total("/b"), 20 * 0.1, 0.05);
  EXPECT_GT(machine.total("/a"), 20 * 1.8);
}

TEST(FairConvergence, TakesTheWorkersBeforeItShutsTheGate) {
  FairMachine machine(policy_of({100, 100}, 2, {Action::kLimit, Action::kGate}), 4);
  machine.add({.path = "/a", .id = 1, .threads = 1, .workers = 7});
  machine.add({.path = "/b", .id = 2, .threads = 1, .workers = 0});
  machine.turn(6);
  ASSERT_EQ(machine.told().cgroups.size(), 1U);
  EXPECT_TRUE(machine.told().cgroups[0].limit);
  EXPECT_EQ(machine.told().cgroups[0].gate_for.count(), 0);
  EXPECT_NEAR(machine.used("/a"), 1.0, 0.01);
  EXPECT_NEAR(machine.used("/b"), 1.0, 0.01);
}

TEST(FairConvergence, HoldsACapWhoeverElseIsIdle) {
  fair::Policy policy = policy_of({100}, 4);
  policy.budgets[0].cpu_ppm = 250'000;
  policy.budgets[0].burst = {};
  FairMachine machine(policy, 4);
  machine.add({.path = "/a", .id = 1, .threads = 2});
  machine.turn(5);
  machine.forget_totals();
  machine.turn(40);
  EXPECT_NEAR(machine.total("/a"), 40 * 0.25, 40 * 0.25 * 0.02);
}

TEST(FairConvergence, HoldsACapOfBytes) {
  fair::Policy policy = policy_of({100}, 4);
  policy.budgets[0].bytes_per_second = Bytes{300'000'000};
  policy.budgets[0].burst = {};
  FairMachine machine(policy, 4);
  machine.add({.path = "/a", .id = 1, .threads = 2});
  machine.turn(5);
  machine.forget_totals();
  machine.turn(40);
  EXPECT_NEAR(machine.total_bytes("/a") / 40, 3e8, 3e8 * 0.02);
}

TEST(FairConvergence, LetsABurstThroughAndNoMore) {
  fair::Policy policy = policy_of({100}, 4);
  policy.budgets[0].cpu_ppm = 500'000;
  policy.budgets[0].burst = std::chrono::seconds(2);
  FairMachine machine(policy, 4);
  machine.add({.path = "/a", .id = 1, .threads = 2, .wants = false});
  machine.turn(10);  // saves up
  machine.mover("/a").wants = true;
  machine.turn(20);
  const double allowed = 20 * 0.5 + 2 * 0.5;
  EXPECT_GT(machine.total("/a"), 20 * 0.5 + 0.5);
  EXPECT_LE(machine.total("/a"), allowed + 2.0) << "one period passes before anything is done";
}

TEST(FairConvergence, DoesNotLetChildrenAddToAShare) {
  fair::Policy policy = policy_of({100, 100}, 2);
  policy.budgets[0].match = "/a";
  FairMachine machine(policy, 4);
  for (std::uint64_t child = 0; child < 30; ++child) {
    machine.add({.path = "/a/child" + std::to_string(child), .id = 100 + child, .threads = 1});
  }
  machine.add({.path = "/b", .id = 2, .threads = 4});
  machine.turn(5);
  machine.forget_totals();
  machine.turn(10);
  EXPECT_NEAR(machine.total("/b") / 10, 1.0, 0.05);
}

TEST(FairConvergence, DoesNothingInAdviseButCounts) {
  FairMachine machine(policy_of({100, 100}, 2), 2, false);
  machine.add({.path = "/a", .id = 1, .threads = 8});
  machine.add({.path = "/b", .id = 2, .threads = 1});
  machine.turn(10);
  EXPECT_TRUE(machine.told().cgroups.empty());
  const fair::FairState state = machine.steward().state();
  EXPECT_EQ(state.would_have[static_cast<std::size_t>(Stage::kGate)], 1U);
  EXPECT_EQ(state.enforced[static_cast<std::size_t>(Stage::kGate)], 0U);
  ASSERT_FALSE(state.history.empty());
  EXPECT_TRUE(state.history.back().would_have);
}

}  // namespace
}  // namespace pagefare::test
