// SPDX-License-Identifier: Apache-2.0
// Runs the guest tests on a machine that moves no pages by itself.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/vm/guest/cgroup.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (const char* setting :
       {"/proc/sys/kernel/numa_balancing", "/proc/sys/vm/compaction_proactiveness"}) {
    if (const auto off = pagefare::guest::write_file(setting, "0"); !off) {
      std::cerr << off.error().message << '\n';
      return 1;
    }
  }
  return RUN_ALL_TESTS();
}
