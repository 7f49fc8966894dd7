// SPDX-License-Identifier: Apache-2.0
#include "controller/core/snapshot.h"

#include <gtest/gtest.h>

#include <limits>

namespace pagefare {
namespace {

Snapshot measured(std::uint64_t bytes, std::int64_t cpu) {
  Snapshot snapshot;
  snapshot.totals.bytes = Bytes{bytes};
  snapshot.totals.copy_cpu = Nanoseconds{cpu};
  return snapshot;
}

CopyCost& missing(Snapshot& snapshot, Cause cause) {
  return snapshot.unattributed[static_cast<std::size_t>(cause)].cost;
}

TEST(Completeness, IsAMillionWhenNothingWasMeasured) {
  EXPECT_EQ(completeness_ppm(Snapshot{}), 1'000'000U);
}

TEST(Completeness, IsAMillionWhenEverythingIsCharged) {
  EXPECT_EQ(completeness_ppm(measured(3, 7)), 1'000'000U);
}

TEST(Completeness, IsTheShareOfBytesWhenThatIsSmaller) {
  Snapshot snapshot = measured(1000, 1000);
  missing(snapshot, Cause::kUnseen) = {.bytes = Bytes{100}, .folios = {}, .copy_cpu = {}};
  EXPECT_EQ(completeness_ppm(snapshot), 900'000U);
}

TEST(Completeness, IsTheShareOfTimeWhenThatIsSmaller) {
  Snapshot snapshot = measured(1000, 1000);
  missing(snapshot, Cause::kUnseen) = {
      .bytes = Bytes{100}, .folios = {}, .copy_cpu = Nanoseconds{250}};
  EXPECT_EQ(completeness_ppm(snapshot), 750'000U);
}

TEST(Completeness, AddsUpAllCauses) {
  Snapshot snapshot = measured(1000, 0);
  missing(snapshot, Cause::kNoMemcg).bytes = Bytes{100};
  missing(snapshot, Cause::kMapFull).bytes = Bytes{200};
  EXPECT_EQ(completeness_ppm(snapshot), 700'000U);
}

TEST(Completeness, IsNeverRoundedUpToAll) {
  Snapshot snapshot = measured(1'000'000'000'000, 0);
  missing(snapshot, Cause::kUnseen).bytes = Bytes{1};
  EXPECT_EQ(completeness_ppm(snapshot), 999'999U);
}

TEST(Completeness, DoesNotOverflowWithAllTheBytesThereCanBe) {
  constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
  Snapshot snapshot = measured(kAll, 0);
  missing(snapshot, Cause::kUnseen).bytes = Bytes{kAll / 4};
  EXPECT_EQ(completeness_ppm(snapshot), 750'000U);
  missing(snapshot, Cause::kUnseen).bytes = Bytes{1};
  EXPECT_EQ(completeness_ppm(snapshot), 999'999U);
  missing(snapshot, Cause::kUnseen).bytes = Bytes{kAll};
  EXPECT_EQ(completeness_ppm(snapshot), 0U);
}

TEST(Total, AddsUpEveryField) {
  std::array<Unattributed, kCauses> causes{};
  for (Unattributed& part : causes) {
    part = {.cost = {.bytes = Bytes{1}, .folios = Folios{2}, .copy_cpu = Nanoseconds{3}},
            .worker_cpu = Nanoseconds{4},
            .dma_bytes = Bytes{5},
            .dma_channel = Nanoseconds{6}};
  }
  const Unattributed expected{
      .cost = {.bytes = Bytes{4}, .folios = Folios{8}, .copy_cpu = Nanoseconds{12}},
      .worker_cpu = Nanoseconds{16},
      .dma_bytes = Bytes{20},
      .dma_channel = Nanoseconds{24}};
  EXPECT_EQ(total(causes), expected);
}

TEST(Mode, HasTheNameOfTheOption) {
  EXPECT_EQ(name(Mode::kObserve), "observe");
  EXPECT_EQ(name(Mode::kAdvise), "advise");
  EXPECT_EQ(name(Mode::kEnforce), "enforce");
}

TEST(Layer, HasTheNameThatStatusShows) {
  EXPECT_EQ(name(Layer::kNone), "none");
  EXPECT_EQ(name(Layer::kPortable), "portable");
  EXPECT_EQ(name(Layer::kPrecise), "precise");
}

}  // namespace
}  // namespace pagefare
