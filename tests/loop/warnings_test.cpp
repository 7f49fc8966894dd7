// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/warnings.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/loop_stage.h"

namespace pagefare {
namespace {

using test::cgroup;
using test::LoopStage;
using test::moved;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// One period in which kcompactd moved `charged` folios of a cgroup and `lost` of nobody's.
std::vector<std::string> warnings_after(std::uint64_t charged, std::uint64_t lost, Owner nobody) {
  LoopStage stage;
  stage.names.make(CgroupId{11}, "/a");
  const Initiator kcompactd = test::thread(InitiatorKind::kKcompactd);
  Window window;
  window.folios = {moved(kcompactd, cgroup(11), charged), moved(kcompactd, nobody, lost)};
  stage.turn(window);
  return stage.sink.last().warnings;
}

TEST(Warnings, SayNothingWhenEnoughIsCharged) {
  EXPECT_TRUE(warnings_after(99, 1, test::kUnseen).empty());
}

TEST(Warnings, GiveTheFigureWhenTooLittleIsCharged) {
  const auto warnings = warnings_after(980, 20, test::kUnseen);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(contains(warnings[0], "98.00 %")) << warnings[0];
}

TEST(Warnings, RoundTheFigureDown) {
  const auto warnings = warnings_after(989'999, 10'001, test::kUnseen);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(contains(warnings[0], "98.99 %")) << warnings[0];
}

TEST(Warnings, NameTheBiggestCause) {
  EXPECT_TRUE(contains(warnings_after(9, 1, test::kUnseen).at(0), "unseen"));
  EXPECT_TRUE(contains(warnings_after(9, 1, test::kNoMemcg).at(0), "no_memcg"));
}

TEST(Warnings, WeighCausesByTimeAsWellAsByBytes) {
  Snapshot snapshot;
  snapshot.totals.bytes = Bytes{1000};
  snapshot.totals.copy_cpu = Nanoseconds{1000};
  snapshot.unattributed[static_cast<std::size_t>(Cause::kUnseen)].cost.bytes = Bytes{20};
  snapshot.unattributed[static_cast<std::size_t>(Cause::kMapFull)].cost.copy_cpu = Nanoseconds{30};
  EXPECT_TRUE(contains(warn_of_incompleteness(snapshot).value(), "map_full"));
}

TEST(Warnings, SayWhichLossesGrew) {
  LoopStage stage;
  Window window;
  window.losses.queue_map_full = 3;
  window.losses.missed_runs = 7;
  stage.turn(window);
  ASSERT_EQ(stage.sink.last().warnings.size(), 1U);
  const std::string& text = stage.sink.last().warnings[0];
  EXPECT_TRUE(contains(text, "3 queued work items not kept, map full, 7 program runs skipped"))
      << text;
}

TEST(Warnings, StopWhenLossesGrowNoMore) {
  LoopStage stage;
  Window window;
  window.losses.missed_runs = 7;
  stage.turn(window);
  stage.loop.turn();
  EXPECT_TRUE(stage.sink.last().warnings.empty());
  EXPECT_EQ(stage.sink.last().losses.missed_runs, 7U);
}

TEST(Warnings, SayNothingOfOldLossesWhenAPeriodFails) {
  LoopStage stage;
  Window window;
  window.losses.missed_runs = 7;
  stage.turn(window);
  stage.turn_failing("map calls: lookup failed");
  EXPECT_EQ(stage.sink.last().warnings.size(), 1U);
}

TEST(Warnings, NameEveryLoss) {
  const Losses all{1,        1, Bytes{1}, Nanoseconds{1}, 1, Nanoseconds{1}, 1, 1, 1, 1, 1, 1,
                   Pages{1}, 1, 1};
  const std::string text = warn_of_losses(all).value();
  std::size_t count = 0;
  for (std::size_t at = text.find("1 "); at != std::string::npos; at = text.find("1 ", at + 1)) {
    ++count;
  }
  EXPECT_EQ(count, 15U) << text;
}

}  // namespace
}  // namespace pagefare
