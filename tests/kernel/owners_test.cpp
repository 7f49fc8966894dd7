// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "controller/demo/demo.h"
#include "tests/support/real_source.h"

namespace pagefare {
namespace {

class Owners : public RealSource {
 protected:
  /// Runs the demo and adds up what was attributed while it ran.
  void run_demo_and_attribute() {
    (void)read();
    auto report = demo::run_demo(
        {.duration = std::chrono::seconds(3), .cgroup_prefix = "pagefare-owners-test"});
    ASSERT_TRUE(report) << report.error().message;
    report_ = std::move(*report);
    seen_ = attribute(read(), ChargeRule::kRule);
  }

  demo::DemoReport report_;
  Attribution seen_;
};

TEST_F(Owners, AreThoseWhoseMemoryTheDemoHadMoved) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  ASSERT_NO_FATAL_FAILURE(run_demo_and_attribute());
  std::size_t checked = 0;
  for (const demo::CgroupTruth& truth : report_.cgroups) {
    if (truth.role != "tenant" || truth.owned.value == 0) continue;
    const auto owned = static_cast<double>(truth.owned.value);
    EXPECT_NEAR(static_cast<double>(seen_.accounts[truth.id].owner.bytes.value), owned,
                0.01 * owned)
        << truth.path;
    ++checked;
  }
  EXPECT_GT(checked, 0U) << "no tenant's memory moved: nothing was tested";
}

TEST_F(Owners, DoNotPayForWhatAnotherTaskAskedFor) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  ASSERT_NO_FATAL_FAILURE(run_demo_and_attribute());
  for (const demo::CgroupTruth& truth : report_.cgroups) {
    if (truth.role == "compactor") {
      const Account& account = seen_.accounts[truth.id];
      EXPECT_GE(account.charged.bytes.value, truth.initiated.value) << truth.path;
      EXPECT_GT(account.charged.copy_cpu.count(), 0) << truth.path;
    }
  }
}

}  // namespace
}  // namespace pagefare
