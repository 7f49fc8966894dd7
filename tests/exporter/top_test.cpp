// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "exporter/status_json.h"
#include "exporter/top_table.h"
#include "exporter/top_view.h"
#include "exporter/utf8.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1024 * 1024;

Status status_with(std::vector<CgroupRow> rows) {
  Status status;
  status.rows = std::move(rows);
  return status;
}

CgroupRow charged(std::string path, std::uint64_t bytes, Nanoseconds cpu, Nanoseconds outside) {
  CgroupRow row{.path = std::move(path), .id = 1, .account = {}};
  row.account.charged = {{bytes}, {1}, cpu};
  row.account.outside_quota = outside;
  return row;
}

std::vector<std::string> paths(const TopTable& table) {
  std::vector<std::string> found;
  found.reserve(table.rows.size());
  for (const TopRow& row : table.rows) {
    found.push_back(row.path);
  }
  return found;
}

using Paths = std::vector<std::string>;

TEST(TopTable, ShowsTheDifferenceOfTwoReadings) {
  const TopTable table = top_differences(status_with({charged("/a", 100, 10s, 5s)}),
                                         status_with({charged("/a", 150, 12s, 6s)}), 2s);
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].charged.bytes.value, 50U);
  EXPECT_EQ(table.rows[0].charged.copy_cpu, Nanoseconds(2s));
  EXPECT_EQ(table.rows[0].outside_quota, Nanoseconds(1s));
}

TEST(TopTable, CountsANewPayerFromZero) {
  const TopTable table =
      top_differences(status_with({}), status_with({charged("/new", 150, 1s, 0s)}), 2s);
  EXPECT_EQ(table.rows.at(0).charged.bytes.value, 150U);
}

TEST(TopTable, CountsACounterThatWentBackwardAsZero) {
  const TopTable table = top_differences(status_with({charged("/a", 100, 10s, 5s)}),
                                         status_with({charged("/a", 50, 1s, 1s)}), 2s);
  EXPECT_EQ(table.rows.at(0).charged, CopyCost{});
  EXPECT_EQ(table.rows.at(0).outside_quota, Nanoseconds{});
}

TEST(TopTable, SortsTheLargestFirstAndEqualOnesByName) {
  TopTable table = top_sums(status_with({charged("/b", 1, 3s, 0s), charged("/c", 1, 1s, 9s),
                                         charged("/a", 1, 2s, 0s), charged("/d", 5, 0s, 0s)}));
  sort(table, {.column = TopColumn::kBytes});
  EXPECT_EQ(paths(table), (Paths{"/d", "/a", "/b", "/c"}));
  sort(table, {.column = TopColumn::kCpu});
  EXPECT_EQ(paths(table), (Paths{"/b", "/a", "/c", "/d"}));
  sort(table, {.column = TopColumn::kOutside});
  EXPECT_EQ(paths(table), (Paths{"/c", "/a", "/b", "/d"}));
  sort(table, {.column = TopColumn::kName, .reverse = true});
  EXPECT_EQ(paths(table), (Paths{"/d", "/c", "/b", "/a"}));
}

TEST(TopTable, SortsByTheChosenView) {
  CgroupRow owner = charged("/owner", 1, 0s, 0s);
  owner.account.owner.bytes = {100};
  TopTable table = top_sums(status_with({charged("/payer", 50, 0s, 0s), owner}));
  sort(table, {.view = CostView::kOwner});
  EXPECT_EQ(paths(table), (Paths{"/owner", "/payer"}));
}

TEST(TopFormat, LooksLikeThisAtEightyColumns) {
  Status before =
      status_with({charged("/", 0, 0s, 0s), charged("/a.slice/long-name-of-a-service", 0, 0s, 0s)});
  Status now = status_with({charged("/", 512, 1s, 0s),
                            charged("/a.slice/long-name-of-a-service", 3'072 * kMiB, 3s, 1s)});
  now.totals.bytes = {4'096 * kMiB};
  now.totals.copy_cpu = 4s;
  TopTable table = top_differences(before, now, 2s);
  sort(table, {});
  const TopLines lines = format(table, {}, 80);
  EXPECT_EQ(lines.heading,
            "cgroup                     CHARGED    initiator        owner  copy CPU   outside");
  EXPECT_EQ(lines.rows.at(0),
            "..g-name-of-a-service    1.5 GiB/s        0 B/s        0 B/s   150.0 %    50.0 %");
  EXPECT_EQ(lines.rows.at(1),
            "/                          256 B/s        0 B/s        0 B/s    50.0 %     0.0 %");
  EXPECT_EQ(lines.measured,
            "(measured)               2.0 GiB/s    2.0 GiB/s    2.0 GiB/s   200.0 %     0.0 %");
}

TEST(TopFormat, ShowsSumsWhenThereIsOneReading) {
  const TopLines lines =
      format(top_sums(status_with({charged("/a", 3 * kMiB, 1500ms, 62s)})), {}, 60);
  EXPECT_EQ(lines.rows.at(0), "/a                           3.0 MiB      1.50 s   1 min 2 s");
}

class TopFormatWidth : public testing::TestWithParam<std::size_t> {};

TEST_P(TopFormatWidth, IsKeptByEveryLine) {
  const std::size_t width = GetParam();
  const std::vector<CgroupRow> rows{charged("/" + std::string(300, 'x'), 1023 * kMiB, 70s, 80'000s),
                                    charged("/\u00fc", UINT64_MAX, 90'000s, 3'599s)};
  for (const bool rates : {false, true}) {
    const TopTable table = rates ? top_differences(status_with({}), status_with(rows), 1s)
                                 : top_sums(status_with(rows));
    for (const CostView view : {CostView::kCharged, CostView::kInitiator, CostView::kOwner}) {
      const TopLines lines = format(table, {.view = view}, width);
      for (const std::string& line : lines.rows) {
        EXPECT_LE(code_points(line), width) << line;
      }
      EXPECT_LE(code_points(lines.heading), width) << lines.heading;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, TopFormatWidth,
                         testing::Values(40, 51, 52, 79, 80, 100, 200, 500));

Result<std::string> reading(std::int64_t seconds, std::uint64_t scale, int cgroups = 3) {
  Snapshot snapshot = populated_snapshot();
  snapshot.warnings.clear();
  snapshot.uptime = std::chrono::seconds(seconds);
  snapshot.totals.bytes = {scale * kMiB};
  snapshot.rows.clear();
  for (int i = 0; i < cgroups; ++i) {
    const std::uint64_t number = static_cast<std::uint64_t>(i) + 1;
    snapshot.rows.push_back(row("/c" + std::to_string(i), number, scale * number));
  }
  return status_json(snapshot);
}

std::string drawn(TopView& view, std::size_t width = 100, std::size_t height = 24,
                  Nanoseconds now = 0s) {
  std::string text;
  for (const ViewLine& line : view.draw(width, height, now)) {
    text += line.text + "\n";
  }
  return text;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(TopView, WaitsForTheFirstAnswer) {
  TopView view;
  EXPECT_TRUE(contains(drawn(view), "waiting for the first answer"));
}

TEST(TopView, SaysWhyThereIsNoAnswerYet) {
  TopView view;
  view.take(fail("http://127.0.0.1:9464/status: nothing answers there; start the daemon"), 0s);
  const std::string text = drawn(view, 40);
  EXPECT_TRUE(contains(text, "status: nothing\nanswers there; start")) << text;
  EXPECT_TRUE(contains(text, "trying again"));
}

TEST(TopView, ShowsSumsFirstAndThenRates) {
  TopView view;
  view.take(reading(10, 1), 0s);
  EXPECT_TRUE(contains(drawn(view), "since the start: 1.0 MiB"));
  view.take(reading(12, 5), 2s);
  EXPECT_TRUE(contains(drawn(view), "migrated 2.0 MiB/s")) << drawn(view);
}

TEST(TopView, KeepsTheRatesWhenAskedTwiceWithinAPeriod) {
  TopView view;
  view.take(reading(10, 1), 0s);
  view.take(reading(12, 5), 2s);
  view.take(reading(12, 5), 3s);
  EXPECT_TRUE(contains(drawn(view), "migrated 2.0 MiB/s"));
}

TEST(TopView, StartsAnewWhenTheDaemonWasRestarted) {
  TopView view;
  view.take(reading(100, 50), 0s);
  view.take(reading(1, 3), 2s);
  EXPECT_TRUE(contains(drawn(view), "since the start: 3.0 MiB"));
}

TEST(TopView, KeepsTheLastTableAndSaysSoWhenTheDaemonGoesAway) {
  TopView view;
  view.take(reading(10, 1), 1s);
  view.take(fail("nothing answers there"), 4s);
  const std::string text = drawn(view, 100, 24, 5s);
  EXPECT_TRUE(contains(text, "no answer for 4.00 s, trying again: nothing answers there")) << text;
  EXPECT_TRUE(contains(text, "/c1"));
}

TEST(TopView, ForgetsTheTroubleWhenTheDaemonIsBack) {
  TopView view;
  view.take(reading(10, 1), 1s);
  view.take(fail("nothing answers there"), 4s);
  view.take(reading(14, 2), 5s);
  EXPECT_FALSE(contains(drawn(view), "no answer"));
}

TEST(TopView, TreatsNonsenseAsNoAnswer) {
  TopView view;
  view.take(std::string("<html>"), 0s);
  EXPECT_TRUE(contains(drawn(view), "not JSON"));
}

TEST(TopView, SortsByTheKeyThatIsPressed) {
  TopView view;
  view.take(reading(10, 1), 0s);
  const auto first_row = [&view] { return view.draw(100, 24, 0s).at(4).text.substr(0, 3); };
  EXPECT_EQ(first_row(), "/c2");
  view.press(TopKey::kName);
  EXPECT_EQ(first_row(), "/c0");
  view.press(TopKey::kReverse);
  EXPECT_EQ(first_row(), "/c2");
  view.press(TopKey::kCpu);
  EXPECT_EQ(first_row(), "/c2");
}

TEST(TopView, CyclesThroughTheViews) {
  TopView view;
  view.take(reading(10, 1), 0s);
  for (const char* expected :
       {"bytes, charged", "bytes, initiator", "bytes, owner", "bytes, charged"}) {
    EXPECT_TRUE(contains(drawn(view), expected)) << expected;
    view.press(TopKey::kView);
  }
}

TEST(TopView, LeavesOnlyOnQuit) {
  TopView view;
  EXPECT_TRUE(view.press(TopKey::kOther));
  EXPECT_TRUE(view.press(TopKey::kHelp));
  EXPECT_FALSE(view.press(TopKey::kQuit));
}

TEST(TopView, ShowsHelpAndTakesItAwayAgain) {
  TopView view;
  view.take(reading(10, 1), 0s);
  view.press(TopKey::kHelp);
  EXPECT_TRUE(contains(drawn(view), "sort by copy CPU"));
  view.press(TopKey::kHelp);
  EXPECT_FALSE(contains(drawn(view), "sort by copy CPU"));
}

TEST(TopView, ScrollsThroughAThousandCgroupsAndStopsAtTheEnds) {
  TopView view;
  view.take(reading(10, 1, 1000), 0s);
  EXPECT_TRUE(contains(drawn(view), "1-18 of 1000"));
  view.press(TopKey::kUp);
  EXPECT_TRUE(contains(drawn(view), "1-18 of 1000"));
  view.press(TopKey::kDown);
  view.press(TopKey::kPageDown);
  EXPECT_TRUE(contains(drawn(view), "20-37 of 1000")) << drawn(view);
  view.press(TopKey::kEnd);
  EXPECT_TRUE(contains(drawn(view), "983-1000 of 1000"));
  view.press(TopKey::kPageDown);
  EXPECT_TRUE(contains(drawn(view), "983-1000 of 1000"));
  view.press(TopKey::kHome);
  EXPECT_TRUE(contains(drawn(view), "1-18 of 1000"));
}

TEST(TopView, NeverDrawsMoreThanTheTerminalHolds) {
  TopView view;
  view.take(reading(10, 1, 1000), 0s);
  view.take(reading(12, 9, 1000), 2s);
  for (const bool help : {false, true}) {
    for (const std::size_t width : {1U, 20U, 40U, 80U, 200U}) {
      for (const std::size_t height : {1U, 3U, 6U, 7U, 15U, 50U}) {
        const auto lines = view.draw(width, height, 0s);
        EXPECT_LE(lines.size(), height);
        for (const ViewLine& line : lines) {
          EXPECT_LE(code_points(line.text), width) << help << line.text;
        }
      }
    }
    view.press(TopKey::kHelp);
  }
}

}  // namespace
}  // namespace pagefare::test
