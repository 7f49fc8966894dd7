// SPDX-License-Identifier: Apache-2.0
//
// Every byte arrives, whoever copies, in how many parts, wherever.
#include <gtest/gtest.h>

#include <string>

#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/numa_memory.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

/// Enough for some folios of each size, little enough for an emulated machine.
std::size_t buffer_bytes(std::size_t folio) {
  return folio == kHuge ? 2 * kHuge : 1 * kHuge / 2;
}

class Data : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(softdma_.error(), 0);
    ASSERT_EQ(module_.error(), 0);
    ASSERT_EQ(set_knob("min_bytes", "0"), 0);
    ASSERT_EQ(set_knob("offloading", "1"), 0);
  }

  /// Moves a fresh buffer to a node whose free memory was dirtied; says what was wrong. Fresh,
  /// because 6.12 splits a folio that the kernel maps page by page when it moves for the second
  /// time.
  void expect_intact(std::size_t folio, const std::string& what) {
    const int from = moves_++ % 2;
    const int to = 1 - from;
    Buffer buffer{buffer_bytes(folio), folio, from};
    buffer.fill(folio + 1);
    ASSERT_TRUE(guest::dirty_free_memory(4 * buffer.bytes(), to, guest::PageKind::kHuge));
    reset_counters();
    ASSERT_EQ(buffer.move_to(to), 0) << what;
    EXPECT_EQ(buffer.pages_elsewhere(to), 0U) << what;
    EXPECT_EQ(buffer.wrong_words(), 0U) << what;
  }

  static void expect_engine_copied(std::size_t folio, const char* counter,
                                   const std::string& what) {
    const auto bytes = static_cast<std::int64_t>(buffer_bytes(folio));
    EXPECT_EQ(get_counter(counter), bytes) << what;
    EXPECT_EQ(get_counter("folios_migrated"), bytes / static_cast<std::int64_t>(folio)) << what;
    EXPECT_EQ(get_counter("folios_failures"), 0) << what;
  }

 private:
  LoadedModule softdma_{"pagefare_softdma", "channels=16"};
  LoadedModule module_{"pagefare_copy"};
  int moves_ = 0;
};

TEST_F(Data, ArrivesForEveryThreadCountAndFolioSize) {
  ASSERT_EQ(set_knob("engine", "threads"), 0);
  for (const std::size_t folio : folio_sizes()) {
    for (int threads = 1; threads <= 64; ++threads) {
      ASSERT_EQ(set_knob("threads", std::to_string(threads)), 0);
      const std::string what = std::to_string(folio) + " bytes, threads " + std::to_string(threads);
      expect_intact(folio, what);
      if (threads > 1) {
        expect_engine_copied(folio, "bytes_by_threads", what);
      }
    }
  }
}

TEST_F(Data, ArrivesForEveryChannelCountAndFolioSize) {
  ASSERT_EQ(set_knob("engine", "dma"), 0);
  for (const std::size_t folio : folio_sizes()) {
    for (int channels = 1; channels <= 16; ++channels) {
      ASSERT_EQ(set_knob("nr_dma_chan", std::to_string(channels)), 0);
      const std::string what =
          std::to_string(folio) + " bytes, channels " + std::to_string(channels);
      expect_intact(folio, what);
      expect_engine_copied(folio, "bytes_by_dma", what);
    }
  }
}

TEST_F(Data, ArrivesWithEveryPlacementAndNontemporal) {
  ASSERT_EQ(set_knob("engine", "threads"), 0);
  for (const char* placement : {"fill", "spread", "node"}) {
    for (const char* nontemporal : {"0", "1"}) {
      ASSERT_EQ(set_knob("placement", placement), 0);
      ASSERT_EQ(set_knob("nontemporal", nontemporal), 0);
      for (const int threads : {1, 3, 8, 63, 64}) {
        ASSERT_EQ(set_knob("threads", std::to_string(threads)), 0);
        for (const std::size_t folio : {kPage, std::size_t{65536}, kHuge}) {
          expect_intact(folio, std::string{placement} + ", nontemporal " + nontemporal +
                                   ", threads " + std::to_string(threads) + ", folio " +
                                   std::to_string(folio));
        }
      }
    }
  }
}

TEST_F(Data, ArrivesInHugetlbPages) {
  for (const char* node : {"0", "1"}) {
    const std::string pool = std::string{"/sys/devices/system/node/node"} + node +
                             "/hugepages/hugepages-2048kB/nr_hugepages";
    ASSERT_EQ(write_file(pool, "8"), 0);
  }
  ASSERT_EQ(set_knob("engine", "threads"), 0);
  ASSERT_EQ(set_knob("threads", "7"), 0);
  auto mover = guest::MoverProcess::start({"--mib", "8", "--kind", "hugetlb"});
  ASSERT_TRUE(mover) << mover.error().message;
  reset_counters();
  const auto moved = mover->order("go");
  const auto report = mover->order("report");
  ASSERT_TRUE(moved && report);
  EXPECT_EQ((*report)["wrong_bytes"], 0);
  EXPECT_EQ(get_counter("folios_migrated"), 4);
}

TEST_F(Data, ArrivesWithTheSerialEngineUncounted) {
  ASSERT_EQ(set_knob("engine", "serial"), 0);
  expect_intact(kHuge, "serial");
  EXPECT_EQ(get_counter("folios_migrated"), 0);
}

TEST_F(Data, SmallFoliosAreLeftToTheKernel) {
  ASSERT_EQ(set_knob("engine", "threads"), 0);
  ASSERT_EQ(set_knob("min_bytes", std::to_string(kHuge)), 0);
  expect_intact(65536, "below min_bytes");
  EXPECT_EQ(get_counter("folios_migrated"), 0);
  expect_intact(kHuge, "at min_bytes");
  EXPECT_EQ(get_counter("folios_migrated"), 2);
}

}  // namespace
}  // namespace pagefare::kmod_test
