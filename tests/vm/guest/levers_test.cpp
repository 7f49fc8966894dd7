// SPDX-License-Identifier: Apache-2.0
// The levers on a real kernel, held by a process with a journal and a guard: they act, they respect
// what a person writes, and nothing of them is left when their owner is killed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <iostream>
#include <optional>
#include <string>
#include <thread>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/lever_owner.h"
#include "tests/vm/guest/work.h"

namespace pagefare::guest {
namespace {

using fair::Restraints;
using namespace std::chrono_literals;

constexpr const char* kFull = "50000 100000\n";
constexpr const char* kHalved = "25000 100000\n";
constexpr const char* kRate = "/proc/sys/kernel/numa_balancing_promote_rate_limit_MBps";

class LeversInGuest : public testing::Test {
 protected:
  void SetUp() override {
    auto cgroup = Cgroup::create("tenant");
    ASSERT_TRUE(cgroup) << cgroup.error().message;
    cgroup_.emplace(std::move(*cgroup));
    ASSERT_TRUE(cgroup_->write("cpu.max", "50000 100000"));
    rate_ = read_file(kRate).value_or("");
    ASSERT_NE(rate_, "");
  }
  void TearDown() override { (void)write_file(kRate, rate_); }

  static Restraints repaying() {
    return {.cgroups = {{.path = "/tenant", .repay = true, .newly_owed = 20s}}, .period = 1s};
  }
  static Restraints everything() {
    return {.cgroups = {{.path = "/tenant",
                         .repay = true,
                         .newly_owed = 20s,
                         .gate_for = 1h,
                         .gate_calls = 0}},
            .promotion_mbps = 7,
            .period = 1s};
  }
  Cgroup& cgroup() { return *cgroup_; }
  std::string cpu_max() const { return cgroup_->read("cpu.max").value_or("unreadable"); }
  const std::string& rate_as_found() const { return rate_; }
  static std::string rate() { return read_file(kRate).value_or("unreadable"); }

  /// CPU time that the cgroup gets in a while, in microseconds per second of the guest's clock.
  std::uint64_t speed() const {
    const auto start = std::chrono::steady_clock::now();
    const auto before = cgroup_->read_key("cpu.stat", "usage_usec").value_or(0);
    std::this_thread::sleep_for(4s);
    const auto used = cgroup_->read_key("cpu.stat", "usage_usec").value_or(0) - before;
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    return used * 1000 / static_cast<std::uint64_t>(passed.count());
  }

 private:
  std::optional<Cgroup> cgroup_;
  std::string rate_;
};

TEST_F(LeversInGuest, RepayingSlowsTheCgroupDown) {
  const CpuHog hog(1);
  ASSERT_TRUE(cgroup().add(hog.pid()));
  const auto before = speed();
  auto owner = start_lever_owner(repaying());
  ASSERT_TRUE(owner) << owner.error().message;
  EXPECT_EQ(cpu_max(), kHalved);
  const auto lowered = speed();
  EXPECT_LT(lowered * 100, before * 70) << "before " << before << ", lowered " << lowered;
  EXPECT_GT(lowered * 100, before * 30) << "before " << before << ", lowered " << lowered;
}

TEST_F(LeversInGuest, TheQuotaIsBackWhenItsOwnerIsKilled) {
  auto owner = start_lever_owner(repaying());
  ASSERT_TRUE(owner) << owner.error().message;
  EXPECT_EQ(cpu_max(), kHalved);
  owner->kill();
  EXPECT_TRUE(eventually(30s, [&] { return cpu_max() == kFull; })) << cpu_max();
}

TEST_F(LeversInGuest, AQuotaWrittenByHandStaysWhenTheOwnerIsKilled) {
  auto owner = start_lever_owner(repaying());
  ASSERT_TRUE(owner) << owner.error().message;
  ASSERT_TRUE(cgroup().write("cpu.max", "70000 100000"));
  owner->kill();
  // The next owner gets the journal when the guard is done.
  auto next = start_lever_owner({.promotion_mbps = 7, .period = 1s});
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(cpu_max(), "70000 100000\n");
}

TEST_F(LeversInGuest, TheRateIsBackWhenItsOwnerIsKilled) {
  auto owner = start_lever_owner({.promotion_mbps = 7, .period = 1s});
  ASSERT_TRUE(owner) << owner.error().message;
  EXPECT_EQ(rate(), "7\n");
  owner->kill();
  EXPECT_TRUE(eventually(30s, [&] { return rate() == rate_as_found(); })) << rate();
}

TEST_F(LeversInGuest, AllAreBackWhenTheirOwnerIsKilled) {
  auto owner = start_lever_owner(everything());
  ASSERT_TRUE(owner) << owner.error().message;
  EXPECT_EQ(cpu_max(), kHalved);
  EXPECT_EQ(rate(), "7\n");
  EXPECT_TRUE(move_is_refused("tenant"));
  const auto killed = std::chrono::steady_clock::now();
  owner->kill();
  EXPECT_TRUE(eventually(30s,
                         [&] {
                           return cpu_max() == kFull && rate() == rate_as_found() &&
                                  !move_is_refused("tenant");
                         }))
      << cpu_max() << rate();
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - killed);
  RecordProperty("milliseconds", static_cast<int>(passed.count()));
  std::cout << "as found after " << passed.count() << " ms\n";
}

}  // namespace
}  // namespace pagefare::guest
