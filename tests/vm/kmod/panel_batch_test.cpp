// SPDX-License-Identifier: Apache-2.0
//
// Lists of folios handed to DMA engines, as the batch copy series does it: counted by the daemon.
#include <gtest/gtest.h>

#include <unistd.h>
#include <chrono>
#include <cstdint>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::Daemon;
using namespace std::chrono_literals;

constexpr std::int64_t kPagesOfAFolio = 4;

TEST(PanelBatch, IsCountedFolioByFolio) {
  const auto asker = Cgroup::create("asker");
  ASSERT_TRUE(asker) << asker.error().message;
  const auto daemon = Daemon::start({"--period", "250ms"});
  ASSERT_TRUE(daemon) << daemon.error().message;
  const LoadedModule module("series_batch");
  ASSERT_EQ(module.error(), 0);
  ASSERT_TRUE(guest::eventually(60s, [&] {
    const auto now = daemon->status();
    return now && now->attached("on_dma_list") && now->attached("on_dma_done");
  }));
  const auto change = guest::change_during(*daemon, [] {
    const auto done = guest::in_cgroup("asker", []() -> Result<void> {
      for (const char* folios : {"1", "5", "512"}) {
        if (set_knob("batch", folios, "series_batch") != 0) return fail("no batch");
      }
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
  });
  ASSERT_TRUE(change) << change.error().message;
  EXPECT_EQ(change->total("dma_bytes"), (1 + 5 + 512) * kPagesOfAFolio * sysconf(_SC_PAGESIZE));
}

}  // namespace
}  // namespace pagefare::kmod_test
