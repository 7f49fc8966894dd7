// SPDX-License-Identifier: Apache-2.0
// All levers together, as the loop tells them. The gate needs a kernel and is tested in a guest.
#include "controller/edge/levers/kernel_levers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "tests/support/fake_clock.h"
#include "tests/support/lever_stage.h"

namespace pagefare {
namespace {

using fair::Action;
using fair::Outcome;
using fair::Restraint;
using fair::Restraints;
using namespace std::chrono_literals;

class KernelLeversOf : public test::LeverStage {
 protected:
  KernelLeversOf() {
    make_cgroup("/a", "50000 100000");
    make_cgroup("/b", "50000 100000");
  }

  fair::LeverReport tell(std::vector<Restraint> cgroups,
                         std::optional<std::uint64_t> promotion_mbps = std::nullopt) {
    clock_.now += 1s;
    const auto report = levers_.apply(
        {.cgroups = std::move(cgroups), .promotion_mbps = promotion_mbps, .period = 1s});
    EXPECT_TRUE(report);
    return *report;
  }
  std::string table() const { return read("sys/module/pagefare_copy/parameters/limits"); }
  std::string rate() const {
    return read("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps");
  }
  KernelLevers& levers() { return levers_; }

 private:
  test::FakeClock clock_;
  KernelLevers levers_{roots(), hierarchy(), clock_, custody(), files};
};

TEST_F(KernelLeversOf, LimitACgroupByItsInode) {
  const auto report = tell({{.path = "/a", .limit = true}});
  EXPECT_EQ(table(), std::to_string(id_of("/a")) + " 1");
  ASSERT_EQ(report.outcomes.size(), 1U);
  EXPECT_EQ(report.outcomes[0].path, "/a");
  EXPECT_EQ(report.outcomes[0].lever, Action::kLimit);
  EXPECT_EQ(report.outcomes[0].outcome, Outcome::kApplied);
}

TEST_F(KernelLeversOf, ReleaseWhoIsNoLongerTold) {
  (void)tell({{.path = "/a", .limit = true}, {.path = "/b", .repay = true, .newly_owed = 9s}});
  EXPECT_EQ(cpu_max("/b"), "25000 100000");
  (void)tell({});
  EXPECT_EQ(table(), "");
  EXPECT_EQ(cpu_max("/b"), "50000 100000");
}

TEST_F(KernelLeversOf, ReportWhatWasCollected) {
  (void)tell({{.path = "/b", .repay = true, .newly_owed = 700ms}});
  const auto report = tell({{.path = "/b", .repay = true}});
  ASSERT_EQ(report.counts.size(), 1U);
  EXPECT_EQ(report.counts[0].path, "/b");
  EXPECT_EQ(report.counts[0].collected, 200ms);
  EXPECT_EQ(report.counts[0].outstanding, 0ns);
}

TEST_F(KernelLeversOf, SayThatACgroupIsGone) {
  const auto report = tell({{.path = "/c", .limit = true, .repay = true, .gate_for = 1s}});
  ASSERT_EQ(report.outcomes.size(), 3U);
  for (const auto& outcome : report.outcomes) EXPECT_EQ(outcome.outcome, Outcome::kGone);
}

TEST_F(KernelLeversOf, TakeTheLineOfARemovedCgroupAway) {
  (void)tell({{.path = "/a", .limit = true}});
  remove_cgroup("/a");
  (void)tell({{.path = "/a", .limit = true}});
  EXPECT_EQ(table(), "");
}

TEST_F(KernelLeversOf, GoOnWithTheOthersWhenOneFails) {
  files.refusals[path_of("cgroup/a/cpu.max")] = EACCES;
  const auto report = tell({{.path = "/a", .repay = true, .newly_owed = 9s},
                            {.path = "/b", .repay = true, .newly_owed = 9s}});
  EXPECT_EQ(report.outcomes[0].outcome, Outcome::kFailed);
  EXPECT_EQ(report.outcomes[1].outcome, Outcome::kApplied);
  EXPECT_EQ(cpu_max("/b"), "25000 100000");
}

/// More cgroups than may be written in one period, all repaying.
class ManyKernelLevers : public KernelLeversOf {
 protected:
  ManyKernelLevers() {
    for (int i = 100; i < 200; ++i) {
      all_.push_back({.path = "/many" + std::to_string(i), .repay = true, .newly_owed = 900s});
      make_cgroup(all_.back().path, "50000 100000");
    }
  }
  void tell_all() { (void)tell(all_); }
  std::size_t lowered() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        all_, [&](const auto& one) { return cpu_max(one.path) != "50000 100000"; }));
  }

 private:
  std::vector<Restraint> all_;
};

TEST_F(ManyKernelLevers, PutOffWhatIsTooMuchForOnePeriod) {
  tell_all();
  EXPECT_EQ(lowered(), 64U);
  tell_all();
  EXPECT_EQ(lowered(), 100U);
}

TEST_F(ManyKernelLevers, PutOffGivingBackToo) {
  tell_all();
  tell_all();
  (void)tell({});
  EXPECT_EQ(lowered(), 36U);
  (void)tell({});
  EXPECT_EQ(lowered(), 0U);
}

TEST_F(ManyKernelLevers, PutOffNothingWhenAllIsReleased) {
  tell_all();
  tell_all();
  EXPECT_TRUE(levers().release_all());
  EXPECT_EQ(lowered(), 0U);
}

TEST_F(KernelLeversOf, SetThePromotionRateAndPutItBack) {
  (void)tell({}, 100);
  EXPECT_EQ(rate(), "100");
  (void)tell({}, 50);
  EXPECT_EQ(rate(), "50");
  (void)tell({});
  EXPECT_EQ(rate(), "65536");
}

TEST_F(KernelLeversOf, NeverRaiseThePromotionRate) {
  write("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps", "200");
  (void)tell({}, 500);
  EXPECT_EQ(rate(), "200");
  (void)tell({}, 100);
  (void)tell({}, 500);
  EXPECT_EQ(rate(), "200");
}

TEST_F(KernelLeversOf, LeaveAPromotionRateThatSomebodyElseWrote) {
  (void)tell({}, 100);
  write("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps", "300");
  EXPECT_EQ(tell({}, 50).outcomes.at(0).outcome, Outcome::kTheirs);
  EXPECT_EQ(tell({}, 50).outcomes.at(0).outcome, Outcome::kTheirs);
  (void)tell({});
  EXPECT_EQ(rate(), "300");
}

TEST_F(KernelLeversOf, TakeThePromotionRateAgainWhenItReadsAsFound) {
  (void)tell({}, 100);
  write("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps", "300");
  (void)tell({}, 50);
  write("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps", "65536");
  (void)tell({}, 50);
  EXPECT_EQ(rate(), "50");
}

TEST_F(KernelLeversOf, PutEverythingBackAtOnce) {
  (void)tell({{.path = "/a", .limit = true, .repay = true, .newly_owed = 9s}}, 100);
  const auto released = levers().release_all();
  EXPECT_TRUE(released) << released.error().message;
  EXPECT_EQ(table(), "");
  EXPECT_EQ(cpu_max("/a"), "50000 100000");
  EXPECT_EQ(rate(), "65536");
}

TEST_F(KernelLeversOf, PutTheRestBackWhenOneValueCannotBe) {
  (void)tell({{.path = "/a", .limit = true, .repay = true, .newly_owed = 9s}});
  files.refusals[path_of("cgroup/a/cpu.max")] = EACCES;
  const auto released = levers().release_all();
  ASSERT_FALSE(released);
  EXPECT_NE(released.error().message.find("cpu.max"), std::string::npos);
  EXPECT_EQ(table(), "");
}

TEST_F(KernelLeversOf, TellTheirReachInTheOrderOfActions) {
  const auto reach = levers().reach();
  ASSERT_EQ(reach.size(), fair::kActions);
  for (std::size_t i = 0; i < reach.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(reach[i].lever), i);
    EXPECT_FALSE(reach[i].why.empty());
  }
  EXPECT_TRUE(reach[0].available);
  EXPECT_TRUE(reach[1].available);
  EXPECT_TRUE(reach[3].available);
}

TEST_F(KernelLeversOf, SayWhyThereIsNoGate) {
  write("sys/kernel/security/lsm", "lockdown,capability,landlock");
  const auto reach = levers().reach();
  EXPECT_FALSE(reach[2].available);
  EXPECT_NE(reach[2].why.find("lsm=...,bpf"), std::string::npos) << reach[2].why;
  EXPECT_EQ(tell({{.path = "/a", .gate_for = 1s}}).outcomes.at(0).outcome, Outcome::kUnavailable);
}

}  // namespace
}  // namespace pagefare
