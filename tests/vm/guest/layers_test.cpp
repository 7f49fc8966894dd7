// SPDX-License-Identifier: Apache-2.0
// The same work seen by both layers, one after the other: bytes must agree, and the portable
// layer's split of time is compared with the precise one's (docs/attribution.md has the figures).
#include <gtest/gtest.h>

#include <iostream>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/numa_memory.h"
#include "tests/vm/guest/work.h"

namespace pagefare::guest {
namespace {

constexpr std::size_t kBytes = std::size_t{24} << 20U;
constexpr double kOfTheProcess = 1 << 20;  // its stack and heap move too
constexpr double kLargestDifference = 0.25;

struct Split {
  std::int64_t base_bytes;
  std::int64_t huge_bytes;
  double base_share;  // of the time of both
};

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

TEST(Layers, SeeTheSameBytesAndSplitTheTimeAlike) {
  const auto precise = split_by("precise");
  const auto portable = split_by("portable");
  ASSERT_TRUE(precise) << precise.error().message;
  ASSERT_TRUE(portable) << portable.error().message;
  std::cout << "share of the time for base pages: precise " << precise->base_share << ", portable "
            << portable->base_share << '\n';
  for (const Split& split : {*precise, *portable}) {
    EXPECT_NEAR(static_cast<double>(split.base_bytes), kBytes, kOfTheProcess);
    EXPECT_NEAR(static_cast<double>(split.huge_bytes), kBytes, kOfTheProcess);
  }
  EXPECT_NEAR(precise->base_share, portable->base_share, kLargestDifference);
}

}  // namespace
}  // namespace pagefare::guest
