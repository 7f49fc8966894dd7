// SPDX-License-Identifier: Apache-2.0
// What kernel threads move on their own account or for somebody else: the owner of the memory pays.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/source_fixture.h"

namespace pagefare::guest {
namespace {

using namespace std::chrono_literals;

class KernelThread : public Source {};

TEST_F(KernelThread, CompactionByKcompactdIsPaidByTheOwners) {
  auto owner = Cgroup::create("owner");
  ASSERT_TRUE(owner) << owner.error().message;
  auto mover = MoverProcess::start({"--mib", "512", "--owner", "owner"});
  ASSERT_TRUE(mover && mover->order("punch 3"));
  const auto owned = [this] {
    const auto status = daemon().status();
    return status ? status->cgroup("/owner", "owner", "bytes") : 0;
  };
  const auto change = observe([&] {
    const auto before = vmstat("pgmigrate_success");
    const auto owned_before = owned();
    {
      const Setting proactive("/proc/sys/vm/compaction_proactiveness", "100");
      EXPECT_TRUE(proactive.taken());
      // kcompactd begins at the lower end of each zone, where the memory may be anybody's: the
      // round must come as far as the owner's.
      EXPECT_TRUE(eventually(60s, [&] {
        return vmstat("pgmigrate_success") > before + 512 && owned() > owned_before;
      }));
    }
    // It is in the middle of a round: wait until nothing moves any more.
    auto last = vmstat("pgmigrate_success");
    EXPECT_TRUE(eventually(20s, [&] {
      const auto now = vmstat("pgmigrate_success");
      return std::exchange(last, now) == now;
    }));
  });
  const auto moved = change.pages_by("kcompactd", "compaction") * kBasePage;
  EXPECT_GT(moved, kMib);
  EXPECT_EQ(change.cgroup("[kcompactd]", "initiator", "bytes"), moved);
  EXPECT_GT(change.cgroup("/owner", "owner", "bytes"), 0);
  EXPECT_EQ(change.cgroup("/owner", "charged", "bytes"), change.cgroup("/owner", "owner", "bytes"));
  EXPECT_EQ(change.cgroup("/owner", "initiator", "bytes"), 0);
}

TEST_F(KernelThread, CpusetChangeIsAskedForByAKworkerAndPaidByTheOwner) {
  auto owner = Cgroup::create("owner");
  ASSERT_TRUE(owner) << owner.error().message;
  ASSERT_TRUE(owner->write("cpuset.mems", "0"));
  auto mover = MoverProcess::start({"--mib", "32", "--owner", "owner", "--to", "0"});
  ASSERT_TRUE(mover) << mover.error().message;
  const auto change = observe([&] {
    EXPECT_TRUE(owner->write("cpuset.mems", "1"));
    EXPECT_TRUE(eventually(20s, [&] {
      const auto report = mover->order("report");
      return report && (*report)["bytes_by_node"] == std::vector<std::int64_t>{0, 32 * kMib};
    }));
  });
  EXPECT_GE(change.cgroup("/owner", "owner", "bytes"), 32 * kMib);
  EXPECT_LT(change.cgroup("/owner", "owner", "bytes"), 34 * kMib);
  EXPECT_EQ(change.cgroup("/owner", "charged", "bytes"), change.cgroup("/owner", "owner", "bytes"));
  EXPECT_EQ(change.cgroup("/owner", "initiator", "bytes"), 0);
  EXPECT_EQ(change.cgroup("[kworker]", "initiator", "bytes"), change.total("bytes"));
  EXPECT_EQ(change.pages_by("kworker", "syscall_or_cpuset") * kBasePage, change.total("bytes"));
}

/// Writes the files of DAMON's first kdamond, and takes it away again.
class ColdMemoryMover {
 public:
  static constexpr const char* kAdmin = "/sys/kernel/mm/damon/admin/kdamonds/";

  /// Moves what nobody touches from the first gigabyte, which is node 0, to node 1.
  ColdMemoryMover() {
    set("nr_kdamonds", "1");
    set("0/contexts/nr_contexts", "1");
    set("0/contexts/0/operations", "paddr");
    set("0/contexts/0/monitoring_attrs/intervals/sample_us", "5000");
    set("0/contexts/0/monitoring_attrs/intervals/aggr_us", "100000");
    set("0/contexts/0/targets/nr_targets", "1");
    set("0/contexts/0/targets/0/regions/nr_regions", "1");
    set("0/contexts/0/targets/0/regions/0/start", "16777216");
    set("0/contexts/0/targets/0/regions/0/end", "1073741824");
    set("0/contexts/0/schemes/nr_schemes", "1");
    const std::string scheme = "0/contexts/0/schemes/0/";
    set(scheme + "action", "migrate_cold");
    set(scheme + "target_nid", "1");
    set(scheme + "access_pattern/sz/min", "4096");
    set(scheme + "access_pattern/sz/max", "1073741824");
    set(scheme + "access_pattern/nr_accesses/max", "0");
    set(scheme + "access_pattern/age/min", "2");
    set(scheme + "access_pattern/age/max", "100000");
  }
  ColdMemoryMover(const ColdMemoryMover&) = delete;
  ColdMemoryMover& operator=(const ColdMemoryMover&) = delete;
  ~ColdMemoryMover() { (void)write_file(std::string(kAdmin) + "nr_kdamonds", "0"); }

  void set(const std::string& file, std::string_view text) {
    if (const auto done = write_file(kAdmin + file, text); !done && trouble_.empty()) {
      trouble_ = done.error().message;
    }
  }
  const std::string& trouble() const { return trouble_; }

 private:
  std::string trouble_;
};

TEST_F(KernelThread, DamonIsPaidByTheOwners) {
  if (!std::filesystem::exists(ColdMemoryMover::kAdmin)) {
    GTEST_SKIP() << "this kernel has no DAMON in sysfs";
  }
  auto owner = Cgroup::create("owner");
  ASSERT_TRUE(owner) << owner.error().message;
  auto mover = MoverProcess::start({"--mib", "128", "--owner", "owner"});
  ASSERT_TRUE(mover) << mover.error().message;
  ColdMemoryMover damon;
  if (damon.trouble().find("migrate_cold") != std::string::npos) {
    GTEST_SKIP() << "this kernel's DAMON has no action migrate_cold";
  }
  // It isolates a whole region before it moves it, and whoever ends meanwhile frees his pages.
  const auto change = observe(
      [&] {
        const auto before = vmstat("pgmigrate_success");
        damon.set("0/state", "on");
        EXPECT_TRUE(eventually(30s, [&] { return vmstat("pgmigrate_success") - before > 16384; }));
        damon.set("0/state", "off");
      },
      Freed::kSome);
  EXPECT_EQ(damon.trouble(), "");
  EXPECT_EQ(change.bytes_for("damon"), change.total("bytes"));
  EXPECT_EQ(change.cgroup("[kdamond]", "initiator", "bytes"), change.total("bytes"));
  EXPECT_GT(change.cgroup("/owner", "owner", "bytes"), 0);
  EXPECT_EQ(change.cgroup("/owner", "charged", "bytes"), change.cgroup("/owner", "owner", "bytes"));
}

}  // namespace
}  // namespace pagefare::guest
