// SPDX-License-Identifier: Apache-2.0
#include "exporter/text_families.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <locale>
#include <random>
#include <set>
#include <sstream>
#include <string>

#include "exporter/snapshot_families.h"
#include "tests/support/library_families.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

std::string text_of(const Snapshot& snapshot, MetricsFormat format) {
  TextFamilies families(format);
  add_families(families, snapshot);
  return std::move(families).take();
}

std::string number(double value) {
  std::string text;
  append_number(text, value);
  return text;
}

std::string number_of_the_library(double value) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(std::numeric_limits<double>::max_digits10 - 1);
  out << value;
  return out.str();
}

Snapshot hostile_snapshot() {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows.push_back(row("/quote\"back\\slash\nline", 7, 3));
  snapshot.rows.push_back(row("/\xc3\xa4\xff", 8, 1'234'567'890'123));
  snapshot.rows.push_back(row("/many", 9, std::uint64_t{1} << 50U));
  return snapshot;
}

TEST(TextFamilies, AreWhatPrometheusCppWrites) {
  const Snapshot snapshot = hostile_snapshot();
  EXPECT_EQ(text_of(snapshot, MetricsFormat::kPrometheus), library_text(snapshot));
}

TEST(TextFamilies, WriteEveryDoubleAsPrometheusCppDoes) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 100'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (std::isfinite(value)) {
      ASSERT_EQ(number(value), number_of_the_library(value));
    }
    const auto count = static_cast<double>(random() >> (random() % 64));
    ASSERT_EQ(number(count), number_of_the_library(count));
    ASSERT_EQ(number(count / 1e9), number_of_the_library(count / 1e9));
  }
}

TEST(TextFamilies, WriteTheEdgesOfDoublesAsPrometheusCppDoes) {
  for (const double value :
       {0.0, -0.0, 1.0, -1.0, 1e15, 1e15 - 1, 1e16, 1e-4, 1e-5, 0.1,
        std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min()}) {
    EXPECT_EQ(number(value), number_of_the_library(value));
  }
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "-Inf");
}

TEST(TextFamilies, LeaveOutWhatHasNoSample) {
  TextFamilies families(MetricsFormat::kPrometheus);
  families.add(Metric::kPeriods, std::uint64_t{5});
  EXPECT_EQ(std::move(families).take(),
            "# HELP pagefare_periods_total Periods, failed ones included.\n"
            "# TYPE pagefare_periods_total counter\n"
            "pagefare_periods_total 5\n");
}

TEST(OpenMetrics, NameACountersFamilyWithoutTotal) {
  TextFamilies families(MetricsFormat::kOpenMetrics);
  families.add(Metric::kPeriods, std::uint64_t{5});
  EXPECT_EQ(std::move(families).take(),
            "# HELP pagefare_periods Periods, failed ones included.\n"
            "# TYPE pagefare_periods counter\n"
            "pagefare_periods_total 5\n"
            "# EOF\n");
}

TEST(OpenMetrics, EscapeQuotesInHelp) {
  const std::string text = text_of(populated_snapshot(), MetricsFormat::kOpenMetrics);
  EXPECT_NE(text.find(R"(by memory nodes; \"unknown\" where)"), std::string::npos);
}

TEST(OpenMetrics, EndEvenWithoutSamples) {
  EXPECT_EQ(TextFamilies(MetricsFormat::kOpenMetrics).take(), "# EOF\n");
}

TEST(OpenMetrics, HaveTheSameSamplesAsTheTextFormat) {
  const auto samples = [](const std::string& text) {
    std::multiset<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      // Bounds of buckets are 1 in one format and 1.0 in the other.
      if (const std::size_t bound = line.find(".0\"}"); bound != std::string::npos) {
        line.erase(bound, 2);
      }
      if (!line.starts_with('#')) {
        lines.insert(line);
      }
    }
    return lines;
  };
  const Snapshot snapshot = hostile_snapshot();
  EXPECT_EQ(samples(text_of(snapshot, MetricsFormat::kOpenMetrics)),
            samples(text_of(snapshot, MetricsFormat::kPrometheus)));
}

/// OpenMetrics lets no family be called as another one's sample.
TEST(OpenMetrics, HaveNoTwoFamiliesOfOneName) {
  std::set<std::string> names;
  for (const MetricSpec& row : metric_table()) {
    std::string name(row.name);
    if (row.type == MetricType::kCounter) {
      name.resize(name.size() - std::string_view("_total").size());
    }
    EXPECT_TRUE(names.insert(name).second) << row.name;
  }
}

}  // namespace
}  // namespace pagefare::test
