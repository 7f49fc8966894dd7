// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "controller/edge/vmstat.h"
#include "tests/support/real_source.h"

namespace pagefare {
namespace {

class Counting : public RealSource {
 protected:
  static std::uint64_t migrated_by_kernel() {
    static constexpr std::array<std::string_view, 1> kWanted{"pgmigrate_success"};
    const auto counters = read_vmstat({}, kWanted);
    return counters && counters->contains("pgmigrate_success") ? counters->at("pgmigrate_success")
                                                               : 0;
  }

  /// Reads until no call is under way that was counted in one map and not yet in the other.
  Attribution settle_and_attribute() { return attribute(read(), ChargeRule::kRule); }
};

TEST_F(Counting, EqualsTheKernelsOwnCountOfMigratedPages) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  (void)read();
  const std::uint64_t before = migrated_by_kernel();
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  const std::uint64_t kernel = migrated_by_kernel() - before;
  const Attribution seen = settle_and_attribute();
  ASSERT_GT(kernel, 1000U) << "compaction moved next to nothing: nothing was tested";
  EXPECT_NEAR(static_cast<double>(seen.measured.pages_migrated.value), static_cast<double>(kernel),
              0.005 * static_cast<double>(kernel));
}

TEST_F(Counting, MeasuresAsManyBytesAsThePagesThatMoved) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  (void)read();
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  const Totals measured = settle_and_attribute().measured;
  EXPECT_EQ(measured.bytes.value, measured.pages_migrated.value * settings_.page_size);
}

TEST_F(Counting, SharesOutTheTimeOfAllCallsToTheNanosecond) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  (void)read();
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  const Window window = read();
  Nanoseconds calls{};
  Nanoseconds folios{};
  for (const CallEntry& entry : window.calls) calls += entry.cpu;
  for (const FolioEntry& entry : window.folios) folios += entry.cpu;
  EXPECT_GT(calls.count(), 0);
  EXPECT_EQ(calls, folios);
}

TEST_F(Counting, FindsTheOwnerOfMostMappedMemory) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  (void)read();
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  Bytes owned;
  for (const auto& [id, account] : attribute(read(), ChargeRule::kOwner).accounts) {
    owned += account.owner.bytes;
  }
  EXPECT_GT(owned.value, 0U);
}

TEST_F(Counting, LosesNothingWhenTheMapIsFull) {
  settings_.folio_entries = 1;
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  const Window window = read();
  EXPECT_GT(window.losses.folio_map_full, 0U);
  const Totals measured = attribute(window, ChargeRule::kRule).measured;
  EXPECT_EQ(measured.bytes.value, measured.pages_migrated.value * settings_.page_size);
}

TEST_F(Counting, TellsWhatAForgottenCgroupDidLast) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  const Attribution before = attribute(read(), ChargeRule::kRule);
  ASSERT_FALSE(before.accounts.empty());
  std::vector<CgroupId> everybody;
  for (const auto& [id, account] : before.accounts) everybody.push_back(id);
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  source_->forget(everybody);
  const Totals after = attribute(read(), ChargeRule::kRule).measured;
  EXPECT_GT(after.bytes.value, 0U);
  EXPECT_EQ(after.bytes.value, after.pages_migrated.value * settings_.page_size);
}

}  // namespace
}  // namespace pagefare
