// SPDX-License-Identifier: Apache-2.0
// cgroups are born, moved between, removed and born again while pages move: the sums hold.
#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/numa_memory.h"
#include "tests/vm/guest/source_fixture.h"

namespace pagefare::guest {
namespace {

class CgroupLife : public Source {
 protected:
  static void move_in(const std::string& cgroup, const char* mib) {
    auto mover = MoverProcess::start({"--mib", mib, "--owner", cgroup});
    ASSERT_TRUE(mover) << mover.error().message;
    const auto moved = mover->order("go");
    ASSERT_TRUE(moved) << moved.error().message;
  }
};

TEST_F(CgroupLife, BillsANestedCgroupAndNotItsParent) {
  auto parent = Cgroup::create("parent");
  auto child = Cgroup::create("parent/child");
  ASSERT_TRUE(parent && child);
  const auto change = observe([] { move_in("parent/child", "8"); });
  EXPECT_EQ(change.cgroup("/parent/child", "owner", "bytes"), 8 * kMib);
  EXPECT_EQ(change.cgroup("/parent/child", "initiator", "bytes"), 8 * kMib);
  EXPECT_EQ(change.cgroup("/parent", "owner", "bytes"), 0);
}

TEST_F(CgroupLife, BillsAMovedTaskInItsNewCgroupAndItsMemoryInTheOld) {
  auto before = Cgroup::create("before");
  auto after = Cgroup::create("after");
  ASSERT_TRUE(before && after);
  auto mover = MoverProcess::start({"--mib", "8", "--owner", "before"});
  ASSERT_TRUE(mover) << mover.error().message;
  ASSERT_TRUE(after->add(mover->pid()));
  const auto change = observe([&] { (void)mover->order("go"); });
  EXPECT_EQ(change.cgroup("/before", "owner", "bytes"), 8 * kMib);
  EXPECT_EQ(change.cgroup("/after", "initiator", "bytes"), 8 * kMib);
  EXPECT_EQ(change.cgroup("/before", "initiator", "bytes"), 0);
}

TEST_F(CgroupLife, KeepsTheSumWhenACgroupIsMadeAgainUnderTheSameName) {
  const auto change = observe([this] {
    for (const char* mib : {"8", "16"}) {
      auto cgroup = Cgroup::create("again");
      ASSERT_TRUE(cgroup) << cgroup.error().message;
      move_in("again", mib);
      ASSERT_TRUE(daemon().settled());  // whoever dies before being read once has no name
    }
  });
  EXPECT_EQ(change.cgroup("/again", "owner", "bytes") + change.cgroup("~removed", "owner", "bytes"),
            24 * kMib);
  EXPECT_EQ(change.cgroup("~unresolved", "owner", "bytes"), 0);
}

/// Moves 16 pages of the calling process to node 1.
Result<void> move_a_little() {
  constexpr std::size_t kBytes = 16 * kBasePage;
  auto memory = NumaMemory::on_node(kBytes, 0, PageKind::kBase);
  if (!memory) {
    return tl::make_unexpected(memory.error());
  }
  return move_pages_of(0, memory->pages(), 1);
}

TEST_F(CgroupLife, OfTwoThousandShortOnesLosesNoByteAndKeepsNoMemory) {
  constexpr int kCgroups = 2000;
  ASSERT_TRUE(daemon().settled());
  const auto resident = daemon().resident();
  int failures = 0;
  const auto change = observe([&] {
    for (int i = 0; i < kCgroups; ++i) {
      const auto name = "short" + std::to_string(i);
      auto cgroup = Cgroup::create(name);
      failures += cgroup && in_cgroup(name, move_a_little) ? 0 : 1;
    }
  });
  EXPECT_EQ(failures, 0);
  // The kernel may move a page of its own meanwhile.
  EXPECT_GE(change.total("bytes"), kCgroups * 16 * kBasePage);
  EXPECT_LE(change.total("bytes"), kCgroups * 16 * kBasePage + (64 * kBasePage));
  EXPECT_EQ(change.after().cgroups("initiator", "bytes"), change.after().total("bytes"));
  EXPECT_EQ(change.after().cgroups("charged", "bytes") + change.after().unattributed("bytes"),
            change.after().total("bytes"));
  EXPECT_LT(daemon().resident().value_or(0), resident.value_or(0) + (8 * kMib));
}

}  // namespace
}  // namespace pagefare::guest
