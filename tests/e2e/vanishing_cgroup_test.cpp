// SPDX-License-Identifier: Apache-2.0
// Cgroups that come, migrate and go between two looks of the daemon.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/e2e/brief_cgroup.h"
#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

namespace fs = std::filesystem;

constexpr int kCgroups = 200;

std::uint64_t owned_bytes(const Json& status, const std::string& path) {
  const Json row = row_of(status, path);
  return row.is_null() ? 0 : row.at("owner").at("bytes").get<std::uint64_t>();
}

bool shows(const Json& status, const std::string& prefix) {
  for (const Json& row : status.at("cgroups")) {
    if (row.at("path").get<std::string>().starts_with("/" + prefix)) return true;
  }
  return false;
}

class VanishingCgroup : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    if (IsSkipped()) return;
    if (!fs::exists("/proc/sys/vm/compact_memory")) GTEST_SKIP() << "needs CONFIG_COMPACTION";
  }
};

TEST_F(VanishingCgroup, KeepsItsSumsInTheSharedAccountsAndHurtsNobody) {
  const auto daemon = start({.arguments = {"--period", "100ms"}, .config = "linger = \"0s\"\n"});
  ASSERT_TRUE(daemon->serves());
  const std::string prefix = "pagefare-brief-" + std::to_string(::getpid()) + "-";
  Json before = read_status(*daemon);
  for (int i = 0; i < kCgroups; ++i) {
    live_and_go(fs::path(memory_cgroups()) / (prefix + std::to_string(i)));
    if (HasFatalFailure()) return;
    if (i % 10 != 9) continue;
    Json now = read_status(*daemon);
    EXPECT_EQ(broken_sums(now), std::vector<std::string>{});
    EXPECT_EQ(shrunk(before, now), std::vector<std::string>{});
    before = std::move(now);
  }
  Json last;
  EXPECT_TRUE(eventually([&] {
    last = read_fresh_status(*daemon);
    return !shows(last, prefix);
  })) << "a removed cgroup is still shown";
  EXPECT_EQ(broken_sums(last), std::vector<std::string>{});
  // A cgroup that went before its first look has no name to be known by.
  EXPECT_GT(owned_bytes(last, "~removed") + owned_bytes(last, "~unresolved"), kCgroups * 4096U);
  EXPECT_EQ(last.at("health").at("failed_periods"), 0);
  EXPECT_EQ(daemon->stop().code, 0);
}

}  // namespace
}  // namespace pagefare::e2e
