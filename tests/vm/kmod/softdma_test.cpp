// SPDX-License-Identifier: Apache-2.0
//
// The dma engine on a software device that behaves, and on one that does not.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/vm/guest/numa_memory.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

constexpr std::int64_t kFolios = 8;

class SoftdmaDevice : public testing::Test {
 protected:
  void TearDown() override {
    set_knob("never_complete", "0", "pagefare_softdma");
    set_knob("offloading", "0");
    EXPECT_EQ(unload_module("pagefare_copy"), 0);
    EXPECT_EQ(unload_module("pagefare_softdma"), 0);
  }

  static void load(const std::string& device) {
    ASSERT_EQ(load_module("pagefare_softdma", device), 0);
    ASSERT_EQ(
        load_module("pagefare_copy", "engine=dma nr_dma_chan=4 offloading=1 dma_timeout_ms=1000"),
        0);
  }
  static void device(const char* knob, const char* value) {
    ASSERT_EQ(set_knob(knob, value, "pagefare_softdma"), 0);
  }

  static void wait_for_the_end_of_quarantine() {
    for (int i = 0; i < 200 && get_counter("folios_quarantined") != 0; ++i) {
      usleep(50000);
    }
    ASSERT_EQ(get_counter("folios_quarantined"), 0);
  }

  /// Pages that did not get to the other node; the content is right in any case.
  std::size_t move() {
    Buffer buffer{kFolios * kHuge, kHuge, 0};
    buffer.fill(++seed_ << 32U);
    EXPECT_TRUE(guest::dirty_free_memory(2 * buffer.bytes(), 1, guest::PageKind::kHuge));
    reset_counters();
    EXPECT_EQ(buffer.move_to(1), 0);
    EXPECT_EQ(buffer.wrong_words(), 0U);
    return buffer.pages_elsewhere(1);
  }

 private:
  std::uint64_t seed_ = 0;
};
using Softdma = SoftdmaDevice;

TEST_F(Softdma, CopiesAllBytes) {
  load("channels=4");
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(get_counter("bytes_by_dma"), kFolios * static_cast<std::int64_t>(kHuge));
  EXPECT_EQ(get_counter("bytes_copied", "pagefare_softdma"),
            kFolios * static_cast<std::int64_t>(kHuge));
}

TEST_F(Softdma, MayFinishOutOfOrder) {
  load("channels=3 out_of_order=1 delay_us=500");
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(get_counter("bytes_by_dma"), kFolios * static_cast<std::int64_t>(kHuge));
  EXPECT_EQ(get_counter("folios_failures"), 0);
}

TEST_F(Softdma, ReportedErrorsAreCopiedByTheCaller) {
  load("channels=4 fail_every=24");
  EXPECT_EQ(move(), 0U);
  EXPECT_GT(get_counter("folios_failures"), 0);
  EXPECT_GT(get_counter("folios_migrated"), 0);
  EXPECT_EQ(get_counter("folios_migrated") + get_counter("folios_failures"), kFolios);
  EXPECT_EQ(get_counter("dma_timeouts"), 0);
}

TEST_F(Softdma, OneThatNeverCompletesIsStoppedAndReplaced) {
  load("channels=4");
  ASSERT_EQ(set_knob("dma_timeout_ms", "50"), 0);
  device("never_complete", "1");
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(get_counter("dma_timeouts"), kFolios);
  EXPECT_EQ(get_counter("folios_failures"), kFolios);
  EXPECT_EQ(get_counter("folios_quarantined"), 0);
}

TEST_F(Softdma, NothingThatWasGivenUpIsCopiedLater) {
  load("channels=4");
  ASSERT_EQ(set_knob("dma_timeout_ms", "50"), 0);
  device("never_complete", "1");
  EXPECT_EQ(move(), 0U);
  device("never_complete", "0");
  usleep(500000);
  EXPECT_EQ(get_counter("descriptors_done", "pagefare_softdma"), 0);
  ASSERT_EQ(set_knob("dma_timeout_ms", "10000"), 0);
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(get_counter("folios_migrated"), kFolios);
}

TEST_F(Softdma, OneThatCannotBeStoppedKeepsTheDestinationUntilItIsDone) {
  load("channels=4 stoppable=0");
  ASSERT_EQ(set_knob("dma_timeout_ms", "50"), 0);
  device("never_complete", "1");
  // The first folio takes all four channels with it. The kernel tries it again with another
  // destination, and like the rest it is copied by the caller.
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(get_counter("dma_timeouts"), 1);
  EXPECT_EQ(get_counter("folios_quarantined"), 1);
  EXPECT_EQ(get_counter("folios_migrated"), 0);
  // Had the first destination been freed, it would be part of this, and be written to now.
  Buffer bystander{64 * kHuge, kHuge, 1};
  bystander.fill(7);
  device("never_complete", "0");
  wait_for_the_end_of_quarantine();
  EXPECT_EQ(bystander.wrong_words(), 0U);
}

TEST_F(Softdma, OneThatCannotBeStoppedWorksAgainOnceItIsDone) {
  load("channels=4 stoppable=0");
  ASSERT_EQ(set_knob("dma_timeout_ms", "50"), 0);
  device("never_complete", "1");
  EXPECT_EQ(move(), 0U);
  device("never_complete", "0");
  wait_for_the_end_of_quarantine();
  ASSERT_EQ(set_knob("dma_timeout_ms", "10000"), 0);
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(get_counter("folios_migrated"), kFolios);
}

TEST_F(Softdma, AStuckChannelDoesNotHoldUpUnloading) {
  load("channels=4 stoppable=0");
  ASSERT_EQ(set_knob("dma_timeout_ms", "50"), 0);
  device("never_complete", "1");
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(set_knob("offloading", "0"), 0);
  EXPECT_EQ(get_counter("folios_quarantined"), 1);
}

TEST_F(Softdma, UnloadsOnlyAfterItsChannelsWereGivenBack) {
  load("channels=4");
  EXPECT_EQ(unload_module("pagefare_softdma"), EAGAIN);
  ASSERT_EQ(set_knob("engine", "threads"), 0);
  EXPECT_EQ(unload_module("pagefare_softdma"), 0);
  EXPECT_EQ(load_module("pagefare_softdma", ""), 0);
}

TEST_F(Softdma, FewerChannelsThanAskedForAreUsed) {
  load("channels=1");
  ASSERT_EQ(set_knob("nr_dma_chan", "16"), 0);
  EXPECT_EQ(move(), 0U);
  EXPECT_EQ(get_counter("folios_migrated"), kFolios);
}

}  // namespace
}  // namespace pagefare::kmod_test
