// SPDX-License-Identifier: Apache-2.0
//
// Five thousand cgroups, each with a budget of its own.
#include <gtest/gtest.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/work.h"

namespace pagefare::kmod_test {
namespace {

using guest::Daemon;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr int kCgroups = 5000;
constexpr std::int64_t kPeriods = 10;
constexpr auto kPatience = 600s;
constexpr const char* kConfig = "/out/crowd.toml";
constexpr const char* kTree = "/sys/fs/cgroup/crowd";

std::string child(int number) {
  return "crowd/c" + std::to_string(number);
}

/// Of a page of its own that it moves to and fro, one way in each cgroup.
Result<void> move_a_page_in_each() {
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(page) = 1;
  for (int number = 0; number < kCgroups; ++number) {
    if (auto joined = guest::join_cgroup(child(number)); !joined) return joined;
    const int node = number % 2 == 0 ? 1 : 0;
    int status = -1;
    if (syscall(SYS_move_pages, 0, 1UL, &page, &node, &status, MPOL_MF_MOVE) != 0) {
      return fail("move_pages in " + child(number));
    }
  }
  return {};
}

class Crowd : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(mkdir(kTree, 0755), 0);
    ASSERT_TRUE(guest::write_file(std::string(kTree) + "/cgroup.subtree_control", "+memory"));
    for (int number = 0; number < kCgroups; ++number) {
      ASSERT_EQ(mkdir(("/sys/fs/cgroup/" + child(number)).c_str(), 0755), 0) << number;
    }
    std::ofstream(kConfig) << "mode = \"enforce\"\nmax_cgroups = 6000\n[fairness]\n"
                              "capacity = \"100%\"\n[[budget]]\nmatch = \"/crowd/*\"\n"
                              "actions = [\"limit\", \"repay\", \"gate\"]\n";
  }
};

TEST_F(Crowd, OfFiveThousandIsSettledWithinThePeriod) {
  const auto daemon = Daemon::start({"--config", kConfig, "--state-directory", "/out/state-crowd"});
  ASSERT_TRUE(daemon) << daemon.error().message;
  const auto moved = guest::in_cgroup("", move_a_page_in_each);
  ASSERT_TRUE(moved) << moved.error().message;
  std::int64_t before = 0;
  std::int64_t cpu_before = 0;
  std::size_t tenants = 0;
  const auto look = [&] {
    const auto status = daemon->status();
    if (!status) return json::object();
    tenants = status->json().value("fair", json::object()).value("tenants", json::array()).size();
    return status->json().value("health", json::object());
  };
  ASSERT_TRUE(guest::eventually(kPatience, [&] {
    const json health = look();
    before = health.value("periods", std::int64_t{0});
    cpu_before = health.value("total_period_cpu_ns", std::int64_t{0});
    return tenants >= kCgroups;  // the unlisted are one; a page may be there already
  })) << tenants;
  json after;
  ASSERT_TRUE(guest::eventually(kPatience, [&] {
    after = look();
    return after.value("periods", std::int64_t{0}) >= before + kPeriods;
  }));
  const auto periods = after.value("periods", std::int64_t{0}) - before;
  const auto cpu = after.value("total_period_cpu_ns", std::int64_t{0}) - cpu_before;
  std::cout << tenants << " tenants: " << cpu / periods / 1000 << " us of CPU per period, "
            << daemon->resident().value_or(0) / 1024 << " KiB resident" << std::endl;
  EXPECT_GT(cpu, 0);
  EXPECT_EQ(after.value("failed_periods", std::int64_t{-1}), 0);
}

}  // namespace
}  // namespace pagefare::kmod_test
