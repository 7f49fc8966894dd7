// SPDX-License-Identifier: Apache-2.0
//
// Runs the tests of one guest and, after them, fails if the kernel complained about anything.
#include <gtest/gtest.h>

#include "tests/vm/kmod/module.h"

namespace {

class QuietKernel : public testing::Environment {
 public:
  void SetUp() override {
    // Migrations of the kernel's own would be counted among those of the tests.
    pagefare::kmod_test::write_file("/proc/sys/kernel/numa_balancing", "0");
    pagefare::kmod_test::write_file("/proc/sys/vm/compaction_proactiveness", "0");
  }
  void TearDown() override {
    for (const std::string& line : pagefare::kmod_test::kernel_complaints()) {
      ADD_FAILURE() << "the kernel complained: " << line;
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  testing::AddGlobalTestEnvironment(
      new QuietKernel);  // NOLINT(cppcoreguidelines-owning-memory): gtest owns it
  const int result = RUN_ALL_TESTS();
  // A suite whose name nothing has would pass.
  return testing::UnitTest::GetInstance()->test_to_run_count() > 0 ? result : 1;
}
