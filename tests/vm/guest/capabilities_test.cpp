// SPDX-License-Identifier: Apache-2.0
// What the units and manifests grant an observing daemon is enough on a kernel as distributions
// ship it.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <thread>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"

namespace pagefare::guest {
namespace {

constexpr std::int64_t kMib = 1 << 20;
constexpr std::array kObserve{CAP_BPF, CAP_PERFMON, CAP_DAC_READ_SEARCH, CAP_SYSLOG};
constexpr std::array kWithSysAdmin{CAP_BPF, CAP_PERFMON, CAP_DAC_READ_SEARCH, CAP_SYSLOG,
                                   CAP_SYS_ADMIN};

/// The bounding set is the thread's own, and what the thread starts inherits it.
Result<Daemon> start_with(std::span<const int> granted, const std::string& layer) {
  end_shared_daemon();
  Result<Daemon> daemon = fail("not started");
  std::thread([&] {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
      if (std::ranges::find(granted, capability) == granted.end()) {
        prctl(PR_CAPBSET_DROP, capability);
      }
    }
    daemon = Daemon::start({"--period", "250ms", "--layer", layer});
  }).join();
  return daemon;
}

/// 32 MiB of a cgroup's memory move; the daemon must say whose they were.
void expect_owner_named(const Result<Daemon>& daemon, const std::string& layer) {
  ASSERT_TRUE(daemon) << daemon.error().message;
  auto owner = Cgroup::create("owner");
  ASSERT_TRUE(owner);
  auto mover = MoverProcess::start(
      {"--mib", "32", "--how", "move_pages", "--kind", "base", "--owner", "owner"});
  ASSERT_TRUE(mover) << mover.error().message;
  Result<nlohmann::json> moved;
  const auto change = change_during(*daemon, [&] { moved = mover->order("go"); });
  ASSERT_TRUE(moved) << moved.error().message;
  ASSERT_TRUE(change) << change.error().message;
  EXPECT_EQ(change->after().layer(), layer);
  EXPECT_EQ(change->cgroup("/owner", "owner", "bytes"), 32 * kMib);
}

TEST(Capabilities, OfObserveAreEnoughToNameOwnersInThePreciseLayer) {
  expect_owner_named(start_with(kObserve, "precise"), "precise");
}

/// Which must find the array of pages by page frame numbers, and these are hidden without it.
TEST(Capabilities, WithSysAdminAreEnoughToNameOwnersInThePortableLayer) {
  expect_owner_named(start_with(kWithSysAdmin, "portable"), "portable");
}

}  // namespace
}  // namespace pagefare::guest
