// SPDX-License-Identifier: Apache-2.0
// The same work seen by both layers, one after the other: bytes must agree, and the portable
// layer's split of time is compared with the precise one's (docs/attribution.md has the figures).
#include <gtest/gtest.h>

#include <iostream>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/numa_memory.h"
#include "tests/vm/guest/work.h"

namespace pagefare::guest {
namespace {

constexpr std::size_t kBytes = std::size_t{24} << 20U;
constexpr double kOfTheProcess = 4 << 20;  // its stack and heap move too

struct Split {
  std::int64_t base_bytes;
  std::int64_t huge_bytes;
  double base_share;  // of the time of both
};

/// The same share when each moves by itself, so that nothing has to be split.
Result<double> share_alone(const Daemon& daemon) {
  double cost[2] = {};
  for (const bool huge : {false, true}) {
    auto cgroup = Cgroup::create("alone");
    auto mover = MoverProcess::start({"--mib", "24", "--how", "migrate_pages", "--kind",
                                      huge ? "huge" : "base", "--owner", "alone"});
    if (!mover) {
      return tl::make_unexpected(mover.error());
    }
    const auto change = change_during(daemon, [&] { (void)mover->order("go"); });
    if (!change) {
      return tl::make_unexpected(change.error());
    }
    cost[huge ? 1 : 0] = static_cast<double>(change->cgroup("/alone", "owner", "copy_cpu_ns"));
  }
  return cost[0] / (cost[0] + cost[1]);
}

/// One process with base pages of cgroup "base" and THPs of cgroup "huge" has all of it moved at
/// once.
Result<void> move_memory_of_two_owners() {
  auto base = NumaMemory::on_node(kBytes, 0, PageKind::kBase);
  if (auto joined = join_cgroup("huge"); !base || !joined) {
    return base ? joined : Result<void>(tl::make_unexpected(base.error()));
  }
  auto huge = NumaMemory::on_node(kBytes, 0, PageKind::kHuge);
  if (!huge) {
    return tl::make_unexpected(huge.error());
  }
  if (auto moved = migrate_process(0, 0, 1); !moved) {
    return moved;
  }
  return base->wrong_bytes() + huge->wrong_bytes() == 0 ? Result<void>() : fail("the data changed");
}

Result<Split> split_by(const std::string& layer) {
  const auto daemon = shared_daemon(layer);
  if (!daemon) {
    return tl::make_unexpected(daemon.error());
  }
  auto base = Cgroup::create("base");
  auto huge = Cgroup::create("huge");
  Result<void> moved;
  return change_during(**daemon, [&] { moved = in_cgroup("base", move_memory_of_two_owners); })
      .and_then([&](const Change& change) -> Result<Split> {
        if (!moved) {
          return tl::make_unexpected(moved.error());
        }
        const auto base_ns = static_cast<double>(change.cgroup("/base", "owner", "copy_cpu_ns"));
        const auto huge_ns = static_cast<double>(change.cgroup("/huge", "owner", "copy_cpu_ns"));
        return Split{.base_bytes = change.cgroup("/base", "owner", "bytes"),
                     .huge_bytes = change.cgroup("/huge", "owner", "bytes"),
                     .base_share = base_ns / (base_ns + huge_ns)};
      });
}

class Layers : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Precise, Layers, testing::Values("precise"));
INSTANTIATE_TEST_SUITE_P(Portable, Layers, testing::Values("portable"));

TEST_P(Layers, GiveEachOwnerOfOneCallItsBytesAndPartOfTheTime) {
  const auto split = split_by(GetParam());
  ASSERT_TRUE(split) << split.error().message;
  const auto alone = share_alone(**shared_daemon(GetParam()));
  ASSERT_TRUE(alone) << alone.error().message;
  std::cout << GetParam() << " layer: share of the time for base pages " << split->base_share
            << ", moved alone " << *alone << '\n';
  EXPECT_NEAR(static_cast<double>(split->base_bytes), kBytes, kOfTheProcess);
  EXPECT_NEAR(static_cast<double>(split->huge_bytes), kBytes, kOfTheProcess);
  // Under emulation times differ by a factor of two from run to run: the shares are shown, not
  // judged.
  EXPECT_GT(split->base_share, 0.0);
  EXPECT_LT(split->base_share, 1.0);
}

}  // namespace
}  // namespace pagefare::guest
