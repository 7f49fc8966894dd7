// SPDX-License-Identifier: Apache-2.0
// What a reader of snapshots may rely on, whatever cgroups do: nothing shown shrinks, everything
// measured is shown.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/support/loop_stage.h"

namespace pagefare {
namespace {

constexpr std::uint32_t kSeeds = 60;
constexpr int kSteps = 80;

/// Cgroups that are made under a few names, removed in any order and made again, with late samples,
/// too few places, unreadable paths and periods that fail.
class RandomHost {
 public:
  explicit RandomHost(std::uint32_t seed) : random_(seed), stage_(settings(random_)) {}

  void step() {
    stage_.clock.now += Nanoseconds{1};
    if (random_.below(3) == 0) {
      stage_.names.make(CgroupId{next_id_}, "/" + std::string(1, name_of(random_.below(4))));
      ++next_id_;
    }
    for (const std::uint64_t id : {any_id(), any_id()}) {
      if (random_.below(4) == 0) {
        stage_.names.remove(CgroupId{id});
      }
    }
    if (random_.below(8) == 0) {
      stage_.turn_failing("no luck");
      return;
    }
    random_.draw_ids_from(oldest_id(), next_id_ - oldest_id() + 1);
    stage_.turn(random_.next());
  }

  const test::CollectingSink& sink() const { return stage_.sink; }

 private:
  static LoopSettings settings(test::RandomWindows& random) {
    LoopSettings settings;
    settings.max_cgroups = 1 + random.below(6);
    settings.linger = Nanoseconds{static_cast<std::int64_t>(random.below(6))};
    settings.charge = static_cast<ChargeRule>(random.below(3));
    return settings;
  }
  static char name_of(std::uint64_t index) { return static_cast<char>('a' + index); }
  std::uint64_t oldest_id() const { return next_id_ > 8 ? next_id_ - 8 : 1; }
  std::uint64_t any_id() { return oldest_id() + random_.below(8); }

  test::RandomWindows random_;
  test::LoopStage stage_;
  std::uint64_t next_id_ = 1;
};

template <typename Check>
void for_all_hosts(Check check) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    RandomHost host(seed);
    for (int step = 0; step < kSteps; ++step) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
      host.step();
      check(host.sink());
    }
  }
}

bool at_least(const CopyCost& now, const CopyCost& before) {
  return now.bytes >= before.bytes && now.folios >= before.folios &&
         now.copy_cpu >= before.copy_cpu;
}

bool at_least(const Account& now, const Account& before) {
  return at_least(now.initiator, before.initiator) && at_least(now.owner, before.owner) &&
         at_least(now.charged, before.charged) &&
         now.worker_cpu_initiated >= before.worker_cpu_initiated &&
         now.worker_cpu_owned >= before.worker_cpu_owned &&
         now.outside_quota >= before.outside_quota && now.dma_bytes >= before.dma_bytes &&
         now.dma_channel >= before.dma_channel;
}

TEST(Rows, NeverShrinkFromPeriodToPeriod) {
  for_all_hosts([](const test::CollectingSink& sink) {
    if (sink.all.size() < 2) {
      return;
    }
    for (const CgroupRow& before : sink.all[sink.all.size() - 2]->rows) {
      const CgroupRow* now = sink.row(before.path);
      const bool may_vanish = before.path.front() == '/';
      EXPECT_TRUE(now == nullptr ? may_vanish : at_least(now->account, before.account))
          << before.path;
    }
  });
}

TEST(Rows, TogetherWithWhatNobodyPaysAreWhatWasMeasured) {
  for_all_hosts([](const test::CollectingSink& sink) {
    Account sum;
    for (const CgroupRow& row : sink.last().rows) {
      sum += row.account;
    }
    const Unattributed rest = total(sink.last().unattributed);
    const Totals& measured = sink.last().totals;
    EXPECT_EQ(sum.charged.bytes + rest.cost.bytes, measured.bytes);
    EXPECT_EQ(sum.charged.copy_cpu + rest.cost.copy_cpu, measured.copy_cpu);
    EXPECT_EQ(sum.outside_quota + rest.worker_cpu, measured.worker_cpu);
    EXPECT_EQ(sum.dma_bytes + rest.dma_bytes, measured.dma_bytes);
    EXPECT_EQ(sum.initiator.bytes + sink.last().losses.folio_bytes, measured.bytes);
  });
}

TEST(Rows, AreSortedByPathAndNameEachPathOnce) {
  for_all_hosts([](const test::CollectingSink& sink) {
    const auto& rows = sink.last().rows;
    const auto unsorted =
        std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, &CgroupRow::path);
    EXPECT_EQ(unsorted, rows.end());
  });
}

}  // namespace
}  // namespace pagefare
