// SPDX-License-Identifier: Apache-2.0
// What the daemon takes while nothing happens. CPU time is a figure of tests/bench/at_rest.sh: it
// depends on the machine; memory does not.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

class AtRest : public WithDaemon {};

std::uint64_t resident_kib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; file >> word;) {
    std::uint64_t kib = 0;
    if (word == "VmRSS:" && file >> kib) return kib;
  }
  ADD_FAILURE() << "process " << pid << " has no VmRSS";
  return 0;
}

TEST_F(AtRest, TakesLessThanThirtyMegabytes) {
  const auto daemon = start({.arguments = {"--period", "100ms"}});
  ASSERT_TRUE(daemon->serves());
  for (int scrapes = 0; scrapes < 20; ++scrapes) {
    EXPECT_EQ(daemon->get("/metrics").status, 200);
    read_fresh_status(*daemon);
  }
  const std::uint64_t kib = resident_kib(daemon->child().pid());
  EXPECT_GT(kib, 0U);
  EXPECT_LT(kib, 30'000'000U / 1024);
  RecordProperty("resident_kib", std::to_string(kib));
}

}  // namespace
}  // namespace pagefare::e2e
