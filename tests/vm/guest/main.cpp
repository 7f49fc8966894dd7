// SPDX-License-Identifier: Apache-2.0
// Runs the guest tests on a machine that moves no pages by itself.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "tests/vm/guest/cgroup.h"

namespace {

class QuietMachine : public testing::Environment {
 public:
  void SetUp() override {
    for (const char* setting :
         {"/proc/sys/kernel/numa_balancing", "/proc/sys/vm/compaction_proactiveness"}) {
      const auto off = pagefare::guest::write_file(setting, "0");
      ASSERT_TRUE(off) << off.error().message;
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!testing::GTEST_FLAG(list_tests) && access("/guest/command", F_OK) != 0) {
    (void)std::fputs("these tests turn the machine inside out: run them in a guest (./dev vm)\n",
                     stderr);
    return 2;
  }
  testing::AddGlobalTestEnvironment(new QuietMachine);
  return RUN_ALL_TESTS();
}
