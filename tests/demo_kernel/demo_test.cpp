// SPDX-License-Identifier: Apache-2.0
// The demo on the running kernel. Needs root and compaction; other work on the machine moves pages
// too, so sums are compared in the direction that other work cannot break.
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "controller/demo/demo.h"
#include "controller/demo/frame_snapshot.h"
#include "controller/demo/kernel_counters.h"
#include "controller/demo/memory_hierarchy.h"

namespace pagefare::demo {
namespace {

namespace fs = std::filesystem;

class DemoOnThisKernel : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    if (!fs::exists("/proc/sys/vm/compact_memory")) GTEST_SKIP() << "needs CONFIG_COMPACTION";
    const auto roots = find_cgroup_roots();
    if (!roots) GTEST_SKIP() << "needs the memory controller: " << roots.error().message;
    roots_ = *roots;
    settings_.cgroup_prefix = "pagefare-test-" + std::to_string(::getpid());
    settings_.duration = std::chrono::seconds(2);
  }

  bool left_behind() const {
    return fs::exists(roots_.memory / settings_.cgroup_prefix) ||
           (!roots_.unified.empty() && fs::exists(roots_.unified / settings_.cgroup_prefix)) ||
           (!roots_.cpuset.empty() && fs::exists(roots_.cpuset / settings_.cgroup_prefix));
  }

  bool vanishes() const {
    for (int tries = 0; tries < 100 && left_behind(); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return !left_behind();
  }

  bool appears() const {
    for (int tries = 0; tries < 100 && !left_behind(); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return left_behind();
  }

  CgroupRoots roots_;
  DemoSettings settings_;
};

TEST_F(DemoOnThisKernel, MovesPagesOfEveryTenant) {
  const auto report = run_demo(settings_);
  ASSERT_TRUE(report) << report.error().message;
  for (const auto& cgroup : report->cgroups) {
    if (cgroup.role == "tenant") {
      EXPECT_GT(cgroup.owned.value, 0U) << cgroup.path;
    }
  }
  // How much compaction finds to move depends on who used the memory before: 7,307 to 200,000
  // pages.
  EXPECT_GE(report->owned.value, 1'000U);
}

TEST_F(DemoOnThisKernel, NeverFindsMoreThanTheKernelCounted) {
  const auto report = run_demo(settings_);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->steps.empty());
  for (const auto& step : report->steps) {
    Pages moved;
    for (const auto& owner : step.owners) moved += owner.moved;
    EXPECT_LE(moved.value, step.kernel_pages.value) << name(step.action);
  }
}

TEST_F(DemoOnThisKernel, AddsTheStepsUpByOwnerAndInitiator) {
  const auto report = run_demo(settings_);
  ASSERT_TRUE(report) << report.error().message;
  Bytes owned;
  Bytes initiated;
  for (const auto& cgroup : report->cgroups) {
    owned += cgroup.owned;
    initiated += cgroup.initiated;
  }
  EXPECT_EQ(owned.value, report->owned.value * report->page_bytes);
  if (report->nodes.size() == 1) {
    EXPECT_EQ(initiated, owned);
  }
}

TEST_F(DemoOnThisKernel, LeavesNoCgroupBehind) {
  ASSERT_TRUE(run_demo(settings_));
  EXPECT_FALSE(left_behind());
}

TEST_F(DemoOnThisKernel, EndsEarlyAndCleanWhenToldToStop) {
  settings_.duration = std::chrono::seconds(60);
  std::atomic<bool> stop{false};
  settings_.stop = &stop;
  settings_.progress = [&](const std::string& line) {
    if (line.starts_with("round")) stop.store(true);
  };
  const auto report = run_demo(settings_);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->interrupted);
  EXPECT_LT(report->elapsed, std::chrono::seconds(30));
  EXPECT_FALSE(left_behind());
}

TEST_F(DemoOnThisKernel, LeavesNothingBehindWhenKilled) {
  settings_.duration = std::chrono::seconds(60);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(run_demo(settings_) ? 0 : 1);
  EXPECT_TRUE(appears());
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(vanishes());
}

TEST_F(DemoOnThisKernel, RefusesToShareItsCgroupsWithAnotherDemo) {
  settings_.duration = std::chrono::seconds(60);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(run_demo(settings_) ? 0 : 1);
  EXPECT_TRUE(appears());
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  const auto second = run_demo(settings_);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("another demo"), std::string::npos);
  EXPECT_TRUE(vanishes());
}

// Others' pages move too, so the share is that of the quietest round: 1 on a quiet machine, 0.85
// while compilers run.
TEST_F(DemoOnThisKernel, FindsMostOfWhatTheKernelCountedInTheQuietestRound) {
  settings_.duration = std::chrono::seconds(6);
  const auto report = run_demo(settings_);
  ASSERT_TRUE(report) << report.error().message;
  double best = 0;
  for (const auto& step : report->steps) {
    if (step.action != DemoAction::kCompaction || step.kernel_pages.value < 1000) continue;
    Pages moved;
    for (const auto& owner : step.owners) moved += owner.moved;
    best = std::max(
        best, static_cast<double>(moved.value) / static_cast<double>(step.kernel_pages.value));
  }
  EXPECT_GT(best, 0.5);
}

}  // namespace
}  // namespace pagefare::demo
