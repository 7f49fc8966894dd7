// SPDX-License-Identifier: Apache-2.0
// Lines of the copy module's table: ours come and go, everybody else's stay.
#include "controller/edge/levers/copier_limits.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/lever_stage.h"

namespace pagefare {
namespace {

using fair::Outcome;

class CopierLimitsOf : public test::LeverStage {
 protected:
  std::string table() const { return read("sys/module/pagefare_copy/parameters/limits"); }
  void set_table(const std::string& text) const {
    write("sys/module/pagefare_copy/parameters/limits", text);
  }
  CopierLimits limits(bool on_v2 = true) { return {roots(), hierarchy(on_v2), values_}; }

 private:
  HeldValues values_{custody(), files};
};

TEST_F(CopierLimitsOf, WriteOneLineForACgroup) {
  EXPECT_EQ(limits().limit(CgroupId{7}).outcome, Outcome::kApplied);
  EXPECT_EQ(table(), "7 1");
}

TEST_F(CopierLimitsOf, AreWrittenOnce) {
  (void)limits().limit(CgroupId{7});
  const int writes = files.writes;
  EXPECT_EQ(limits().limit(CgroupId{7}).outcome, Outcome::kApplied);
  EXPECT_EQ(files.writes, writes);
}

TEST_F(CopierLimitsOf, LeaveALineThatSomebodyElseWrote) {
  set_table("7 4");
  EXPECT_EQ(limits().limit(CgroupId{7}).outcome, Outcome::kTheirs);
  EXPECT_EQ(table(), "7 4");
}

TEST_F(CopierLimitsOf, LeaveALineOfOursThatSomebodyChanged) {
  (void)limits().limit(CgroupId{7});
  set_table("7 8");
  EXPECT_EQ(limits().limit(CgroupId{7}).outcome, Outcome::kTheirs);
  EXPECT_TRUE(limits().release_others({}).empty());
  EXPECT_EQ(table(), "7 8");
}

TEST_F(CopierLimitsOf, TakeAwayOnlyWhatIsOursAndNoLongerWanted) {
  set_table("5 2");
  (void)limits().limit(CgroupId{7});
  (void)limits().limit(CgroupId{9});
  EXPECT_TRUE(limits().release_others({CgroupId{9}}).empty());
  EXPECT_EQ(table(), "5 2\n9 1");
}

TEST_F(CopierLimitsOf, FailWhenTheTableIsFull) {
  files.refusals[path_of("sys/module/pagefare_copy/parameters/limits")] = ENOSPC;
  const auto hold = limits().limit(CgroupId{7});
  EXPECT_EQ(hold.outcome, Outcome::kFailed);
  EXPECT_NE(hold.why.find("No space left"), std::string::npos) << hold.why;
  EXPECT_EQ(table(), "");
}

TEST_F(CopierLimitsOf, AreTriedOnceInAPeriodWhenTheTableIsFull) {
  files.refusals[path_of("sys/module/pagefare_copy/parameters/limits")] = ENOSPC;
  auto limits_now = limits();
  (void)limits_now.limit(CgroupId{7});
  const int writes = files.writes;
  EXPECT_EQ(limits_now.limit(CgroupId{8}).outcome, Outcome::kFailed);
  EXPECT_EQ(files.writes, writes);
  files.refusals.clear();
  EXPECT_TRUE(limits_now.release_others({}).empty());
  EXPECT_EQ(limits_now.limit(CgroupId{8}).outcome, Outcome::kApplied);
}

TEST_F(CopierLimitsOf, AreUnavailableWithoutTheModule) {
  std::filesystem::remove_all(path_of("sys/module"));
  const auto hold = limits().limit(CgroupId{7});
  EXPECT_EQ(hold.outcome, Outcome::kUnavailable);
  EXPECT_NE(hold.why.find("modprobe pagefare_copy"), std::string::npos) << hold.why;
}

TEST_F(CopierLimitsOf, AreUnavailableWhereMemoryIsOnV1) {
  EXPECT_EQ(limits(false).limit(CgroupId{7}).outcome, Outcome::kUnavailable);
}

TEST_F(CopierLimitsOf, AreGoneAfterTheNextStartWhenTheOwnerDied) {
  set_table("5 2");
  (void)limits().limit(CgroupId{7});
  start();
  EXPECT_EQ(table(), "5 2");
}

}  // namespace
}  // namespace pagefare
