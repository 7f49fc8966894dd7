// SPDX-License-Identifier: Apache-2.0
// Many cgroups that live briefly leave nothing behind: no series, no memory, no entries in the
// kernel's maps.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/e2e/brief_cgroup.h"
#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

namespace fs = std::filesystem;

constexpr int kWarmUp = 100;
constexpr int kCgroups = 500;
constexpr std::size_t kSeries = 14;  // of a cgroup
constexpr std::size_t kMemory = 2UL << 20U;

std::size_t series_of(const std::string& metrics, const std::string& part) {
  std::size_t series = 0;
  std::istringstream text(metrics);
  for (std::string line; std::getline(text, line);) {
    series += line.find(part) == std::string::npos ? 0U : 1U;
  }
  return series;
}

class Churn : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    if (IsSkipped()) return;
    if (!fs::exists("/proc/sys/vm/compact_memory")) GTEST_SKIP() << "needs CONFIG_COMPACTION";
  }

  /// Returns the most series of ours that were seen meanwhile.
  std::size_t churn(const DaemonProcess& daemon, int cgroups) {
    std::size_t most = 0;
    for (int i = 0; i < cgroups && !HasFatalFailure(); ++i) {
      live_and_go(fs::path(memory_cgroups()) / (prefix + std::to_string(made++)), kMemory);
      if (i % 10 == 0) most = std::max(most, series_of(daemon.get("/metrics").body, prefix));
    }
    return most;
  }

  const std::string prefix = "pagefare-churn-" + std::to_string(::getpid()) + "-";
  int made = 0;
};

/// Memory of the process that no file backs.
std::uint64_t anonymous_kib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(line.find(':') + 1));
  }
  return 0;
}

double entries(const std::string& metrics, const std::string& map) {
  return metric(metrics, "pagefare_bpf_map_entries{map=\"" + map + "\"}");
}

TEST_F(Churn, LeavesSeriesMemoryAndMapsAsTheyWere) {
  const auto daemon = start({.arguments = {"--period", "100ms"}, .config = "linger = \"1s\"\n"});
  ASSERT_TRUE(daemon->serves());
  const auto settled = [&](std::string& metrics) {
    return eventually([&] {
      metrics = daemon->get("/metrics").body;
      return series_of(metrics, prefix) == 0;
    });
  };
  std::string before;
  churn(*daemon, kWarmUp);
  ASSERT_TRUE(settled(before)) << "a removed cgroup is still shown";
  const std::uint64_t memory_before = anonymous_kib(daemon->child().pid());
  std::string after;
  const std::size_t most = churn(*daemon, kCgroups);
  EXPECT_GT(most, 0U) << "no cgroup lived long enough to be shown: nothing was tested";
  EXPECT_LT(most, kCgroups * kSeries / 2) << "cgroups are shown longer than they linger";
  ASSERT_TRUE(settled(after)) << "a removed cgroup is still shown";
  const std::uint64_t memory_after = anonymous_kib(daemon->child().pid());
  EXPECT_LT(memory_after, memory_before + 4096) << "KiB, for " << kCgroups << " cgroups";
  // What else runs on the machine has entries too; none of ours may stay.
  EXPECT_LT(entries(after, "folios"), entries(before, "folios") + kCgroups / 10.0);
  EXPECT_LT(entries(after, "calls"), entries(before, "calls") + kCgroups / 10.0);
  EXPECT_EQ(broken_sums(read_status(*daemon)), std::vector<std::string>{});
  EXPECT_EQ(daemon->stop().code, 0);
}

}  // namespace
}  // namespace pagefare::e2e
