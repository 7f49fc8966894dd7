// SPDX-License-Identifier: Apache-2.0
#include "controller/core/migration.h"

#include <gtest/gtest.h>

#include "tests/support/windows.h"

namespace pagefare {
namespace {

TEST(MigrateReason, HasTheKernelsSpelling) {
  EXPECT_EQ(name(MigrateReason::kCompaction), "compaction");
  EXPECT_EQ(name(MigrateReason::kMemoryFailure), "memory_failure");
  EXPECT_EQ(name(MigrateReason::kMemoryHotplug), "memory_hotplug");
  EXPECT_EQ(name(MigrateReason::kSyscallOrCpuset), "syscall_or_cpuset");
  EXPECT_EQ(name(MigrateReason::kMempolicyMbind), "mempolicy_mbind");
  EXPECT_EQ(name(MigrateReason::kNumaMisplaced), "numa_misplaced");
  EXPECT_EQ(name(MigrateReason::kContigRange), "contig_range");
  EXPECT_EQ(name(MigrateReason::kLongtermPin), "longterm_pin");
  EXPECT_EQ(name(MigrateReason::kDemotion), "demotion");
  EXPECT_EQ(name(MigrateReason::kDamon), "damon");
}

TEST(MigrateReason, IsUnknownWhenTheKernelIsNewerThanThisBuild) {
  EXPECT_EQ(name(test::unknown<MigrateReason>(10)), "unknown");
}

TEST(MigrateMode, HasAName) {
  EXPECT_EQ(name(MigrateMode::kAsync), "async");
  EXPECT_EQ(name(MigrateMode::kSyncLight), "sync_light");
  EXPECT_EQ(name(MigrateMode::kSync), "sync");
  EXPECT_EQ(name(MigrateMode::kNoCopy), "no_copy");
  EXPECT_EQ(name(test::unknown<MigrateMode>(4)), "unknown");
}

TEST(InitiatorKind, HasTheNameOfTheThread) {
  EXPECT_EQ(name(InitiatorKind::kTask), "task");
  EXPECT_EQ(name(InitiatorKind::kKcompactd), "kcompactd");
  EXPECT_EQ(name(InitiatorKind::kKswapd), "kswapd");
  EXPECT_EQ(name(InitiatorKind::kKdamond), "kdamond");
  EXPECT_EQ(name(InitiatorKind::kKworker), "kworker");
  EXPECT_EQ(name(InitiatorKind::kKhugepaged), "khugepaged");
  EXPECT_EQ(name(InitiatorKind::kKthread), "kthread");
}

TEST(InitiatorKind, IsSomeKernelThreadWhenUnknown) {
  EXPECT_EQ(name(test::unknown<InitiatorKind>(7)), "kthread");
}

}  // namespace
}  // namespace pagefare
