// SPDX-License-Identifier: Apache-2.0
// cpu.max is lowered for what was spent beside it, and is everybody else's file as well.
#include "controller/edge/levers/repayments.h"

#include <gtest/gtest.h>

#include "tests/support/lever_stage.h"

namespace pagefare {
namespace {

using fair::Outcome;
using namespace std::chrono_literals;

class RepaymentsOf : public test::LeverStage {
 protected:
  RepaymentsOf() { make_cgroup("/a", "50000 100000"); }

  /// One second in which the cgroup used `inside`, and kernel workers `beside` for it.
  Repayments::Collection second(std::chrono::milliseconds inside, Nanoseconds beside,
                                const std::string& path = "/a") {
    now_ += 1s;
    used_ += inside;
    use(path, used_);
    return repayments_.collect(path, beside, now_, 1s);
  }
  void pass(Nanoseconds time) { now_ += time; }
  Repayments& repayments() { return repayments_; }

 private:
  HeldValues values_{custody(), files};
  Repayments repayments_{hierarchy(), values_, files};
  Nanoseconds now_ = 100s;
  std::chrono::milliseconds used_{};
};

TEST_F(RepaymentsOf, LowerTheQuotaForWhatWentBeyondIt) {
  (void)second(0ms, 0ns);
  const auto collection = second(400ms, 300ms);
  EXPECT_EQ(collection.hold.outcome, Outcome::kApplied) << collection.hold.why;
  EXPECT_EQ(collection.outstanding, 200ms);
  EXPECT_EQ(cpu_max("/a"), "29681 100000");
}

TEST_F(RepaymentsOf, NeverTakeMoreThanHalf) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  EXPECT_EQ(cpu_max("/a"), "25000 100000");
}

TEST_F(RepaymentsOf, GiveTheQuotaBackWhenTheDebtIsPaid) {
  (void)second(0ms, 0ns);
  (void)second(400ms, 300ms);
  const auto collection = second(300ms, 0ns);
  EXPECT_EQ(collection.collected, 200ms);
  EXPECT_EQ(collection.outstanding, 0ns);
  EXPECT_EQ(cpu_max("/a"), "50000 100000");
}

TEST_F(RepaymentsOf, OweNothingForWhatFitsIntoTheQuota) {
  (void)second(0ms, 0ns);
  EXPECT_EQ(second(100ms, 300ms).outstanding, 0ns);
  EXPECT_EQ(cpu_max("/a"), "50000 100000");
}

TEST_F(RepaymentsOf, WriteOnlyWhenTheQuotaChanges) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  const int writes = files.writes;
  (void)second(250ms, 0ns);
  EXPECT_EQ(files.writes, writes);
}

TEST_F(RepaymentsOf, AreUnavailableForACgroupWithoutAQuota) {
  make_cgroup("/free", "max 100000");
  const auto collection = second(0ms, 1s, "/free");
  EXPECT_EQ(collection.hold.outcome, Outcome::kUnavailable);
  EXPECT_EQ(cpu_max("/free"), "max 100000");
}

TEST_F(RepaymentsOf, AreUnavailableWhereNothingCanBeTaken) {
  make_cgroup("/tiny", "1000 100000");
  (void)second(0ms, 0ns, "/tiny");
  EXPECT_EQ(second(0ms, 1s, "/tiny").hold.outcome, Outcome::kUnavailable);
  EXPECT_EQ(cpu_max("/tiny"), "1000 100000");
}

TEST_F(RepaymentsOf, SayThatACgroupIsGone) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  remove_cgroup("/a");
  EXPECT_EQ(repayments().collect("/a", 1s, 200s, 1s).hold.outcome, Outcome::kGone);
  EXPECT_TRUE(repayments().release_others({}).empty());
}

TEST_F(RepaymentsOf, StayAboveTheBurst) {
  write("cgroup/a/cpu.max.burst", "40000");
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  EXPECT_EQ(cpu_max("/a"), "40000 100000");
}

TEST_F(RepaymentsOf, LeaveAQuotaThatSomebodyElseWrote) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  write("cgroup/a/cpu.max", "80000 100000");
  EXPECT_EQ(second(500ms, 8s).hold.outcome, Outcome::kTheirs);
  EXPECT_EQ(second(500ms, 8s).hold.outcome, Outcome::kTheirs);
  EXPECT_EQ(cpu_max("/a"), "80000 100000");
}

TEST_F(RepaymentsOf, LeaveTheOriginalThatSomebodyElseWroteBack) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  write("cgroup/a/cpu.max", "50000 100000");
  EXPECT_EQ(second(500ms, 8s).hold.outcome, Outcome::kTheirs);
  EXPECT_EQ(cpu_max("/a"), "50000 100000");
}

TEST_F(RepaymentsOf, CountFromTheNewQuotaAfterAMinute) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  write("cgroup/a/cpu.max", "80000 100000");
  (void)second(500ms, 8s);
  pass(1min);
  EXPECT_EQ(second(500ms, 0ns).outstanding, 0ns);
  EXPECT_EQ(second(800ms, 20s).hold.outcome, Outcome::kApplied);
  EXPECT_EQ(cpu_max("/a"), "40000 100000");
}

TEST_F(RepaymentsOf, LeaveACgroupAloneAfterTheThirdForeignWrite) {
  for (const char* quota : {"60000 100000", "70000 100000", "80000 100000"}) {
    (void)second(0ms, 0ns);
    (void)second(900ms, 8s);
    write("cgroup/a/cpu.max", quota);
    EXPECT_EQ(second(500ms, 8s).hold.outcome, Outcome::kTheirs);
    pass(1min);
  }
  pass(24h);
  EXPECT_EQ(second(500ms, 8s).hold.outcome, Outcome::kTheirs);
  EXPECT_EQ(cpu_max("/a"), "80000 100000");
}

TEST_F(RepaymentsOf, RememberWhomToLeaveAloneWhenNoLongerWanted) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  write("cgroup/a/cpu.max", "80000 100000");
  (void)second(500ms, 8s);
  EXPECT_TRUE(repayments().release_others({}).empty());
  EXPECT_EQ(second(500ms, 8s).hold.outcome, Outcome::kTheirs);
}

TEST_F(RepaymentsOf, AreForgivenWhenNoLongerWanted) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  EXPECT_TRUE(repayments().release_others({}).empty());
  EXPECT_EQ(cpu_max("/a"), "50000 100000");
  EXPECT_EQ(second(0ms, 0ns).outstanding, 0ns);
}

TEST_F(RepaymentsOf, KeepTheQuotaOfThoseStillWanted) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  EXPECT_TRUE(repayments().release_others({"/a"}).empty());
  EXPECT_EQ(cpu_max("/a"), "25000 100000");
}

TEST_F(RepaymentsOf, AreUndoneByTheNextStartWhenTheOwnerDied) {
  (void)second(0ms, 0ns);
  (void)second(500ms, 8s);
  start();
  EXPECT_EQ(cpu_max("/a"), "50000 100000");
}

TEST_F(RepaymentsOf, AreForSoManyCgroupsAtATime) {
  for (int i = 0; i < 512; ++i) {
    const auto path = "/c" + std::to_string(i);
    make_cgroup(path, "50000 100000");
    ASSERT_EQ(repayments().collect(path, 0ns, 1s, 1s).hold.outcome, Outcome::kApplied);
  }
  EXPECT_EQ(second(0ms, 0ns).hold.outcome, Outcome::kUnavailable);
  EXPECT_TRUE(repayments().release_others({}).empty());
  EXPECT_EQ(second(0ms, 0ns).hold.outcome, Outcome::kApplied);
}

TEST_F(RepaymentsOf, HaveNoLeverWithoutTheCpuController) {
  write("cgroup/cgroup.subtree_control", "memory cpuset");
  const auto why = Repayments::why_not(hierarchy());
  EXPECT_NE(why.find("+cpu"), std::string::npos) << why;
}

}  // namespace
}  // namespace pagefare
