// SPDX-License-Identifier: Apache-2.0
//
// Everything switched at random while memory moves. PAGEFARE_SOAK_SECONDS says for how long.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/movers.h"

namespace pagefare::kmod_test {
namespace {

using Clock = std::chrono::steady_clock;

class Switcher {
 public:
  explicit Switcher(std::uint64_t seed) : random_{seed} {}

  /// One knob, some value.
  void turn_one() {
    switch (below(12)) {
      case 0:
        set_knob("engine", pick({"serial", "threads", "threads", "dma", "dma"}));
        break;
      case 1:
        set_knob("placement", pick({"fill", "spread", "node"}));
        break;
      case 2:
        set_knob("nontemporal", pick({"0", "1"}));
        break;
      case 3:
        set_knob("nr_dma_chan", std::to_string(1 + below(16)));
        break;
      case 4:
        set_knob("min_bytes", pick({"0", "0", "65536", "2097152"}));
        break;
      case 5:
        set_knob("reason_mask",
                 pick({"all", "all", "mempolicy_mbind", "syscall_or_cpuset", "none"}));
        break;
      case 6:
        set_knob("limits", pick({"clear", "1 1", "1 3", "1 64", "1 -"}));
        break;
      case 7:
        set_knob("out_of_order", pick({"0", "1"}), "pagefare_softdma");
        break;
      case 8:
        set_knob("fail_every", pick({"0", "0", "7"}), "pagefare_softdma");
        break;
      case 9:
        hang_the_device_for_a_while();
        break;
      // Seldom: taking the hook away waits for grace periods, which are slow when emulated.
      case 10:
        if (below(4) == 0) set_knob("offloading", pick({"0", "1"}));
        break;
      default:
        set_knob("threads", std::to_string(1 + below(64)));
    }
  }

 private:
  unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }
  const char* pick(std::initializer_list<const char*> values) {
    return values.begin()[below(static_cast<unsigned>(values.size()))];
  }
  static void hang_the_device_for_a_while() {
    set_knob("never_complete", "1", "pagefare_softdma");
    usleep(300000);
    set_knob("never_complete", "0", "pagefare_softdma");
  }

  std::mt19937_64 random_;
};

TEST(Stress, RandomSwitchingLosesNothing) {
  const char* text = std::getenv("PAGEFARE_SOAK_SECONDS");
  const std::chrono::seconds duration{text != nullptr ? std::strtol(text, nullptr, 10) : 120};
  const auto seed = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  std::cout << "seed " << seed << '\n';

  LoadedModule softdma{"pagefare_softdma", "channels=6"};
  LoadedModule module{"pagefare_copy",
                      "engine=threads offloading=1 min_bytes=0 dma_timeout_ms=100"};
  ASSERT_EQ(softdma.error(), 0);
  ASSERT_EQ(module.error(), 0);
  use_folio_size(65536);
  write_file("/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled", "madvise");
  Movers movers;
  movers.start(kHuge, 2 * kHuge);
  movers.start(kHuge, kHuge);
  movers.start(kPage, 64 * kPage);

  Switcher switcher{seed};
  std::uint64_t turns = 0;
  for (const auto end = Clock::now() + duration; Clock::now() < end; ++turns) {
    switcher.turn_one();
    usleep(50000);
  }
  set_knob("offloading", "1");
  EXPECT_TRUE(movers.stop());
  EXPECT_EQ(movers.wrong_words(), 0U);
  EXPECT_EQ(get_counter("folios_quarantined"), 0);
  EXPECT_GT(get_counter("bytes_by_threads"), 0);
  EXPECT_GT(get_counter("bytes_by_dma"), 0);
  for (const char* name : {"folios_migrated", "folios_failures", "folios_alone", "dma_timeouts",
                           "bytes_by_threads", "bytes_by_dma"}) {
    std::cout << name << ' ' << get_counter(name) << '\n';
  }
  std::cout << "turns " << turns << ", moves " << movers.moves() << '\n';
  set_knob("offloading", "0");
}

}  // namespace
}  // namespace pagefare::kmod_test
