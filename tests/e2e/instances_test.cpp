// SPDX-License-Identifier: Apache-2.0
// One daemon at a time, and one that was killed is in nobody's way.
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX

#include <set>
#include <string>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/demo_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

constexpr int kFailed = 1;

class Instances : public WithDaemon {
 protected:
  const TempDirectory& run_directory() const { return run_directory_; }

 private:
  TempDirectory run_directory_;
};

TEST_F(Instances, SecondOneAtATimeIsRefusedAndNamesTheFirst) {
  const auto first = start({}, run_directory().path());
  ASSERT_TRUE(first->serves());
  const Ended second =
      run_pagefare(DaemonProcess::settings_of({}, first->config_file(), run_directory().path()));
  EXPECT_EQ(second.code, kFailed);
  const std::string named = "process " + std::to_string(first->child().pid());
  EXPECT_NE(second.err.find(named), std::string::npos) << second.err;
  EXPECT_NE(second.err.find("stop that one first"), std::string::npos) << second.err;
  EXPECT_EQ(first->get("/livez").status, 200) << "the first one was disturbed";
}

TEST_F(Instances, OnATakenPortIsRefusedWithAddressAndRemedy) {
  const auto first = start();
  ASSERT_TRUE(first->serves());
  const std::string address = first->url().substr(std::string("http://").size());
  const Ended second =
      run_pagefare({.arguments = {"run", "--listen", address, "--config", first->config_file()},
                    .preparations = {own_mounts(), bound(run_directory().path(), "/run")}});
  EXPECT_EQ(second.code, kFailed);
  EXPECT_NE(second.err.find(address), std::string::npos) << second.err;
  EXPECT_NE(second.err.find("choose another port"), std::string::npos) << second.err;
}

TEST_F(Instances, KilledLeavesNothingAttached) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->serves());
  const std::set<std::uint32_t> programs = bpf_programs_of(daemon->child().pid());
  ASSERT_FALSE(programs.empty());
  ASSERT_EQ(still_loaded(programs), programs);
  daemon->child().signal(SIGKILL);
  ASSERT_EQ(daemon->child().wait(10s), 128 + SIGKILL);
  // The kernel frees programs after a grace period of RCU.
  EXPECT_TRUE(eventually([&] { return still_loaded(programs).empty(); }, 10s));
}

TEST_F(Instances, KilledOneIsFollowedAtOnceByOneThatCounts) {
  {
    const auto killed = start({}, run_directory().path());
    ASSERT_TRUE(killed->serves());
    killed->child().signal(SIGKILL);
    ASSERT_EQ(killed->child().wait(10s), 128 + SIGKILL);
  }
  const auto next = start({}, run_directory().path());
  ASSERT_TRUE(next->serves());
  run_demo(1);
  const Json status = read_fresh_status(*next);
  EXPECT_GT(status.at("totals").at("pages_migrated"), 0);
  EXPECT_EQ(broken_sums(status), std::vector<std::string>{});
}

}  // namespace
}  // namespace pagefare::e2e
