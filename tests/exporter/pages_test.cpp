// SPDX-License-Identifier: Apache-2.0
#include "exporter/pages.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

using namespace std::chrono_literals;

HeldSnapshot held(Nanoseconds age, Nanoseconds period = 1s) {
  Snapshot snapshot = populated_snapshot();
  snapshot.period = period;
  return {shared(std::move(snapshot)), age};
}

TEST(LivePage, IsOkBelowTenSecondsEvenWithShortPeriods) {
  EXPECT_EQ(live_page(held(9s)).status, 200U);
  EXPECT_EQ(live_page(held(10s)).status, 503U);
}

TEST(LivePage, WaitsFivePeriodsWhenTheyAreLong) {
  EXPECT_EQ(live_page(held(299s, 60s)).status, 200U);
  EXPECT_EQ(live_page(held(300s, 60s)).status, 503U);
}

TEST(LivePage, SaysForHowLongNothingHappened) {
  EXPECT_NE(live_page(held(42s)).body.find("no new snapshot for 42.00 s (limit 10.00 s)"),
            std::string::npos)
      << live_page(held(42s)).body;
}

TEST(LivePage, CountsFromTheStartBeforeTheFirstSnapshot) {
  EXPECT_EQ(live_page({nullptr, 9s}).status, 200U);
  EXPECT_EQ(live_page({nullptr, 11s}).status, 503U);
}

TEST(ReadyPage, NeedsASnapshot) {
  EXPECT_EQ(ready_page({nullptr, 0s}, 0).status, 503U);
}

TEST(ReadyPage, NeedsALayerAndSaysWhyThereIsNone) {
  Snapshot snapshot = populated_snapshot();
  snapshot.layer = Layer::kNone;
  snapshot.layer_why = "BPF is not permitted";
  const Page page = ready_page({shared(snapshot), 0s}, 0);
  EXPECT_EQ(page.status, 503U);
  EXPECT_NE(page.body.find("BPF is not permitted"), std::string::npos);
}

TEST(ReadyPage, NeedsTheCompletenessThatIsAskedFor) {
  EXPECT_EQ(ready_page(held(0s), 970'000).status, 200U);
  const Page page = ready_page(held(0s), 970'001);
  EXPECT_EQ(page.status, 503U);
  EXPECT_NE(page.body.find("97.00 %"), std::string::npos);
}

TEST(SnapshotHolder, MeasuresTheAgeOfTheLastSnapshot) {
  HandClock clock;
  SnapshotHolder holder(clock);
  clock.advance(5s);
  holder.publish(shared(populated_snapshot()));
  clock.advance(3s);
  EXPECT_EQ(holder.current().age, Nanoseconds(3s));
}

}  // namespace
}  // namespace pagefare::test
