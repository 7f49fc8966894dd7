// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/copy_module.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare::demo {
namespace {

constexpr std::uint64_t kMib = 1 << 20;

class CopyModuleTest : public testing::Test {
 protected:
  void knob(const std::string& name, const std::string& text) const {
    directory_.write("module/pagefare_copy/parameters/" + name, text + "\n");
  }
  void load() const {
    knob("offloading", "Y");
    knob("engine", "threads");
    knob("threads", "4");
    knob("bytes_by_threads", "2097152");
    knob("bytes_by_dma", "0");
  }
  auto read() const { return read_copy_module(directory_.path()); }

  TempDirectory directory_;
};

TEST_F(CopyModuleTest, IsNothingWhereItIsNotLoaded) {
  EXPECT_FALSE(read());
}

TEST_F(CopyModuleTest, IsReadFromItsParameters) {
  load();
  const auto module = read();
  ASSERT_TRUE(module);
  EXPECT_TRUE(module->offloading);
  EXPECT_EQ(module->engine, "threads");
  EXPECT_EQ(module->threads, 4);
  EXPECT_EQ(module->by_threads.value, 2 * kMib);
}

TEST_F(CopyModuleTest, TellsWhatItCopiedMeanwhile) {
  load();
  const auto before = read();
  knob("bytes_by_threads", "8388608");
  EXPECT_EQ(since(*read(), before).by_threads.value, 6 * kMib);
}

TEST_F(CopyModuleTest, TellsAllOfItAfterAReset) {
  load();
  const auto before = read();
  knob("bytes_by_threads", "1048576");
  EXPECT_EQ(since(*read(), before).by_threads.value, kMib);
}

TEST_F(CopyModuleTest, IsDescribedByWhatItCopied) {
  load();
  EXPECT_NE(describe(*read()).find("2.0 MiB of huge pages copied by 4 threads"), std::string::npos);
}

TEST_F(CopyModuleTest, IsDescribedAsOffWithTheWayToTurnItOn) {
  load();
  knob("offloading", "N");
  EXPECT_NE(describe(*read()).find("parameters/offloading"), std::string::npos);
}

}  // namespace
}  // namespace pagefare::demo
