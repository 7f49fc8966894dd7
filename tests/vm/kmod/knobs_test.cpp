// SPDX-License-Identifier: Apache-2.0
//
// What each parameter file takes, what it refuses, and that a refusal changes nothing.
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

struct Good {
  const char* knob;
  const char* written;
  const char* read;
};

constexpr Good kGood[] = {
    {"offloading", "1", "1"},
    {"offloading", "0\n", "0"},
    {"offloading", "y", "1"},
    {"offloading", "n", "0"},
    {"offloading", "Y\n", "1"},
    {"offloading", "N", "0"},
    {"offloading", "on", "1"},
    {"offloading", "off\n", "0"},
    {"nontemporal", "1", "1"},
    {"nontemporal", "off", "0"},
    {"engine", "threads", "threads"},
    {"engine", "dma\n", "dma"},
    {"engine", "serial", "serial"},
    {"placement", "spread", "spread"},
    {"placement", "node\n", "node"},
    {"placement", "fill", "fill"},
    {"threads", "1", "1"},
    {"threads", "64\n", "64"},
    {"threads", "0x10", "16"},
    {"threads", "12", "12"},
    {"nr_dma_chan", "1", "1"},
    {"nr_dma_chan", "16\n", "16"},
    {"dma_timeout_ms", "1", "1"},
    {"dma_timeout_ms", "60000", "60000"},
    {"min_bytes", "0", "0"},
    {"min_bytes", "4096\n", "4096"},
    {"min_bytes", "0x200000", "2097152"},
    {"min_bytes", "18446744073709551615", "18446744073709551615"},
    {"reason_mask", "none", "none"},
    {"reason_mask", "demotion", "demotion"},
    {"reason_mask", "numa_misplaced,demotion\n", "numa_misplaced,demotion"},
    {"reason_mask", "demotion, compaction", "compaction,demotion"},
    {"reason_mask", "all,none,damon", "damon"},
    {"reason_mask", "0x108", "syscall_or_cpuset,demotion"},
    {"reason_mask", "3", "compaction,memory_failure"},
    {"reason_mask", "0xfffff0001", "compaction"},
    {"reason_mask", "0", "none"},
    {"reason_mask", "all",
     "compaction,memory_failure,memory_hotplug,syscall_or_cpuset,mempolicy_mbind,numa_misplaced,"
     "contig_range,longterm_pin,demotion,damon"},
    {"limits", "7 3", "7 3"},
    {"limits", "9 64\n5 1\n", "5 1\n7 3\n9 64"},
    {"limits", "7 4\n", "5 1\n7 4\n9 64"},
    {"limits", "5 -\n\n", "7 4\n9 64"},
    {"limits", "8 -", "7 4\n9 64"},
    {"limits", "  18446744073709551615 \t 2 ", "7 4\n9 64\n18446744073709551615 2"},
    {"limits", "clear\n3 1", "3 1"},
    {"limits", "clear", ""},
};

constexpr Good kBad[] = {
    {"offloading", "2", nullptr},
    {"offloading", "12", nullptr},
    {"offloading", "-1", nullptr},
    {"offloading", "yes", nullptr},
    {"offloading", " 1", nullptr},
    {"offloading", "\n", nullptr},
    {"nontemporal", "true", nullptr},
    {"engine", "thread", nullptr},
    {"engine", "threads ", nullptr},
    {"engine", "1", nullptr},
    {"engine", "\n", nullptr},
    {"placement", "near", nullptr},
    {"placement", "Fill", nullptr},
    {"threads", "0", nullptr},
    {"threads", "65", nullptr},
    {"threads", "-1", nullptr},
    {"threads", "4.0", nullptr},
    {"threads", "4 8", nullptr},
    {"threads", "junk", nullptr},
    {"threads", "1000000000000", nullptr},
    {"threads", "08", nullptr},
    {"nr_dma_chan", "0", nullptr},
    {"nr_dma_chan", "17", nullptr},
    {"nr_dma_chan", "x", nullptr},
    {"dma_timeout_ms", "0", nullptr},
    {"dma_timeout_ms", "60001", nullptr},
    {"min_bytes", "-4096", nullptr},
    {"min_bytes", "4K", nullptr},
    {"min_bytes", "18446744073709551616", nullptr},
    {"reason_mask", "demote", nullptr},
    {"reason_mask", "demotion,", nullptr},
    {"reason_mask", ",", nullptr},
    {"reason_mask", "demotion compaction", nullptr},
    {"reason_mask", "-1", nullptr},
    {"reason_mask", "\n", nullptr},
    {"limits", "5", nullptr},
    {"limits", "5 0", nullptr},
    {"limits", "5 65", nullptr},
    {"limits", "5 -1", nullptr},
    {"limits", "0 4", nullptr},
    {"limits", "-5 4", nullptr},
    {"limits", "a 4", nullptr},
    {"limits", "5 4 3", nullptr},
    {"limits", "Clear", nullptr},
    {"limits", "- 5", nullptr},
    {"limits", "6 2\n7 99\n", nullptr},
    {"limits", "clear\njunk", nullptr},
};

class Knobs : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(softdma_.error(), 0);
    ASSERT_EQ(module_.error(), 0);
  }

 private:
  LoadedModule softdma_{"pagefare_softdma"};
  LoadedModule module_{"pagefare_copy"};
};

TEST_F(Knobs, BeginWithTheirDefaults) {
  const Good defaults[] = {
      {"offloading", "", "0"},      {"engine", "", "serial"},       {"threads", "", "4"},
      {"nr_dma_chan", "", "1"},     {"dma_timeout_ms", "", "2000"}, {"min_bytes", "", "262144"},
      {"placement", "", "fill"},    {"nontemporal", "", "0"},       {"limits", "", ""},
      {"folios_migrated", "", "0"}, {"folios_quarantined", "", "0"}};
  for (const Good& knob : defaults) {
    EXPECT_EQ(get_knob(knob.knob), knob.read) << knob.knob;
  }
}

TEST_F(Knobs, TakeGoodValuesAndReadThemBack) {
  for (const Good& good : kGood) {
    EXPECT_EQ(set_knob(good.knob, good.written), 0) << good.knob << " <- " << good.written;
    EXPECT_EQ(get_knob(good.knob), good.read) << good.knob << " <- " << good.written;
  }
}

TEST_F(Knobs, RefuseBadValuesAndStayAsTheyAre) {
  ASSERT_EQ(set_knob("limits", "11 2\n12 3"), 0);
  for (const Good& bad : kBad) {
    const std::string before = get_knob(bad.knob);
    EXPECT_EQ(set_knob(bad.knob, bad.written), EINVAL) << bad.knob << " <- " << bad.written;
    EXPECT_EQ(get_knob(bad.knob), before) << bad.knob << " <- " << bad.written;
  }
}

TEST_F(Knobs, TakeValuesAlsoWhileOffloading) {
  ASSERT_EQ(set_knob("offloading", "1"), 0);
  for (const Good& good : kGood) {
    if (std::string{"offloading"} != good.knob) {
      EXPECT_EQ(set_knob(good.knob, good.written), 0) << good.knob << " <- " << good.written;
      EXPECT_EQ(get_knob(good.knob), good.read) << good.knob << " <- " << good.written;
    }
  }
}

TEST_F(Knobs, AnyWriteResetsACounter) {
  ASSERT_EQ(set_knob("engine", "threads"), 0);
  ASSERT_EQ(set_knob("offloading", "1"), 0);
  Buffer buffer{kHuge, kHuge, 0};
  buffer.fill(1);
  ASSERT_EQ(buffer.move_to(1), 0);
  EXPECT_EQ(get_counter("folios_migrated"), 1);
  EXPECT_EQ(get_counter("bytes_by_threads"), static_cast<std::int64_t>(kHuge));
  EXPECT_EQ(set_knob("folios_migrated", "junk"), 0);
  EXPECT_EQ(get_counter("folios_migrated"), 0);
  EXPECT_EQ(get_counter("bytes_by_threads"), static_cast<std::int64_t>(kHuge));
}

TEST_F(Knobs, TheLimitTableTakesWhatOneReadCanShow) {
  int entries = 0;
  // "1000000 64\n" is 11 bytes: 372 of them fit into the 4095 that one read shows.
  for (; entries < 372; ++entries) {
    ASSERT_EQ(set_knob("limits", std::to_string(1000000 + entries) + " 64"), 0) << entries;
  }
  const std::string before = get_knob("limits");
  EXPECT_EQ(set_knob("limits", "2000000 64"), ENOSPC);
  EXPECT_EQ(get_knob("limits"), before);
  EXPECT_EQ(before.size(), 372U * 11U - 1U);
}

TEST_F(Knobs, ALimitWriteThatSysfsCutsIsRefused) {
  // The kernel hands on the first 4096 bytes, which end within the number: "123456 6".
  const std::string text = std::string(4088, '\n') + "123456 64\n";
  EXPECT_EQ(set_knob("limits", text), EINVAL);
  EXPECT_EQ(get_knob("limits"), "");
}

TEST(KnobsAtLoad, ActFromTheStart) {
  LoadedModule module{"pagefare_copy",
                      "threads=7 engine=threads min_bytes=4096 limits=\"9 2\" offloading=1"};
  ASSERT_EQ(module.error(), 0);
  EXPECT_EQ(get_knob("threads"), "7");
  EXPECT_EQ(get_knob("limits"), "9 2");
  EXPECT_EQ(get_knob("offloading"), "1");
  Buffer buffer{kHuge, kHuge, 0};
  buffer.fill(1);
  ASSERT_EQ(buffer.move_to(1), 0);
  EXPECT_EQ(get_counter("folios_migrated"), 1);
}

TEST(KnobsAtLoad, ABadValueRefusesTheModule) {
  EXPECT_EQ(LoadedModule("pagefare_copy", "threads=65").error(), EINVAL);
  EXPECT_EQ(LoadedModule("pagefare_copy", "limits=junk").error(), EINVAL);
  EXPECT_FALSE(is_loaded("pagefare_copy"));
}

TEST(KnobsWithoutADmaEngine, DmaIsRefusedOnceItWouldAct) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  EXPECT_EQ(set_knob("engine", "dma"), 0);
  EXPECT_EQ(set_knob("offloading", "1"), ENODEV);
  EXPECT_EQ(get_knob("offloading"), "0");
  EXPECT_EQ(set_knob("engine", "threads"), 0);
  EXPECT_EQ(set_knob("offloading", "1"), 0);
  EXPECT_EQ(set_knob("engine", "dma"), ENODEV);
  EXPECT_EQ(get_knob("engine"), "threads");
  EXPECT_EQ(get_knob("offloading"), "1");
}

TEST(KnobsWithoutADmaEngine, LoadingWithDmaAndOffloadingIsRefused) {
  EXPECT_EQ(LoadedModule("pagefare_copy", "engine=dma offloading=1").error(), ENODEV);
  EXPECT_FALSE(is_loaded("pagefare_copy"));
}

}  // namespace
}  // namespace pagefare::kmod_test
