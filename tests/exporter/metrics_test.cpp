// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "exporter/metric_table.h"
#include "exporter/scrape_meter.h"
#include "exporter/snapshot_families.h"
#include "exporter/text_families.h"
#include "tests/support/library_families.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

std::string text_of(const Snapshot& snapshot) {
  TextFamilies families(MetricsFormat::kPrometheus);
  add_families(families, snapshot);
  return std::move(families).take();
}

std::string populated_text() {
  return text_of(populated_snapshot());
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(MetricFamilies, ShowEveryMetricOfTheTableAndNothingElse) {
  LibraryFamilies all;
  add_families(all, populated_snapshot());
  ScrapeMeter().add_to(all);
  std::set<std::string> shown;
  for (const auto& family : std::move(all).take()) {
    EXPECT_TRUE(shown.insert(family.name).second) << family.name;
    EXPECT_FALSE(family.metric.empty()) << family.name;
  }
  std::set<std::string> listed;
  for (const MetricSpec& row : metric_table()) {
    listed.emplace(row.name);
  }
  EXPECT_EQ(shown, listed);
}

TEST(MetricFamilies, CarryTheLabelsOfTheTable) {
  for (const auto& family : library_families(populated_snapshot())) {
    const auto row = std::ranges::find(metric_table(), family.name, &MetricSpec::name);
    ASSERT_NE(row, metric_table().end()) << family.name;
    for (const auto& sample : family.metric) {
      ASSERT_EQ(sample.label.size(), label_count(*row)) << family.name;
      for (std::size_t i = 0; i < sample.label.size(); ++i) {
        EXPECT_EQ(sample.label[i].name, row->labels[i]) << family.name;
        EXPECT_FALSE(sample.label[i].value.empty()) << family.name;
      }
    }
  }
}

TEST(MetricFamilies, HaveNoTwoSamplesWithTheSameLabels) {
  for (const auto& family : library_families(populated_snapshot())) {
    std::set<std::vector<prometheus::ClientMetric::Label>> seen;
    for (const auto& sample : family.metric) {
      EXPECT_TRUE(seen.insert(sample.label).second) << family.name;
    }
  }
}

TEST(MetricFamilies, AddUpReasonsThatThisBuildDoesNotKnow) {
  Snapshot snapshot = populated_snapshot();
  for (const unsigned number : {200U, 201U}) {
    const auto reason = static_cast<MigrateReason>(number);
    snapshot.calls[{InitiatorKind::kTask, reason}].calls = 3;
    snapshot.classes[{reason, 0}] = copy_cost(8192, 2, 1);
    snapshot.classes[{reason, 9}] = copy_cost(100, 1, 1);
  }
  const std::string text = text_of(snapshot);
  EXPECT_TRUE(
      has_line(text, "pagefare_migrate_calls_total{initiator_kind=\"task\",reason=\"unknown\"} 6"));
  EXPECT_TRUE(has_line(text, "pagefare_class_bytes_total{reason=\"unknown\",size=\"4K\"} 16384"));
}

TEST(MetricFamilies, TurnNanosecondsIntoSeconds) {
  EXPECT_TRUE(has_line(populated_text(), "pagefare_measured_copy_cpu_seconds_total 2"));
}

TEST(MetricFamilies, ShowTheStartAsUnixTime) {
  EXPECT_TRUE(has_line(populated_text(), "pagefare_start_time_seconds 1700000000.5"));
}

TEST(MetricFamilies, ShowTheThreeViewsOfACgroup) {
  const std::string text = populated_text();
  const std::string name = "pagefare_cgroup_migrated_bytes_total{cgroup=\"/a.slice/b\",view=";
  EXPECT_TRUE(has_line(text, name + "\"initiator\"} 81920")) << text;
  EXPECT_TRUE(has_line(text, name + "\"owner\"} 163840"));
  EXPECT_TRUE(has_line(text, name + "\"charged\"} 245760"));
}

TEST(MetricFamilies, ShowSizesByPageSizeAndOrder) {
  const std::string text = populated_text();
  EXPECT_TRUE(
      has_line(text, "pagefare_class_bytes_total{reason=\"compaction\",size=\"4K\"} 600000"));
  EXPECT_TRUE(has_line(text, "pagefare_class_bytes_total{reason=\"demotion\",size=\"2M\"} 400000"));
}

TEST(MetricFamilies, ShowNodesThatCannotBeToldAsUnknown) {
  EXPECT_TRUE(
      has_line(populated_text(),
               "pagefare_node_bytes_total{source=\"unknown\",destination=\"unknown\"} 300000"));
}

TEST(MetricFamilies, ShowCompletenessAsARatio) {
  // Bytes: 980,000 of 1,000,000 are charged; copy CPU: 1.94 s of 2 s.
  EXPECT_TRUE(has_line(populated_text(), "pagefare_attribution_completeness_ratio 0.97"))
      << populated_text();
}

TEST(MetricFamilies, KeepTheSeriesOfAPayerThatIsZero) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows = {{.path = "/idle", .id = 9, .account = {}}};
  EXPECT_TRUE(has_line(text_of(snapshot),
                       "pagefare_cgroup_migrated_bytes_total{cgroup=\"/idle\",view=\"owner\"} 0"));
}

TEST(MetricFamilies, EscapeBytesOfANameThatAreNotUtf8) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows = {{.path = "/bad\xff", .id = 9, .account = {}}};
  EXPECT_TRUE(has_line(text_of(snapshot),
                       "pagefare_cgroup_outside_quota_seconds_total{cgroup=\"/bad\\\\xff\"} 0"));
}

TEST(MetricTable, KeepsToTheRulesOfNames) {
  for (const MetricSpec& row : metric_table()) {
    EXPECT_TRUE(row.name.starts_with("pagefare_")) << row.name;
    EXPECT_EQ(row.name.ends_with("_total"), row.type == MetricType::kCounter) << row.name;
    if (row.unit == "seconds" || row.unit == "bytes" || row.unit == "ratio") {
      EXPECT_NE(row.name.find("_" + std::string(row.unit)), std::string_view::npos) << row.name;
    }
    EXPECT_TRUE(row.help.ends_with('.')) << row.name;
  }
}

TEST(MetricDocs, AreTheTextMadeFromTheTable) {
  const std::string path = std::string(PAGEFARE_SOURCE_DIR) + "/docs/metrics.md";
  if (std::getenv("PAGEFARE_REGENERATE") != nullptr) {
    std::ofstream(path) << metrics_markdown();
  }
  std::ifstream file(path);
  ASSERT_TRUE(file.is_open()) << path;
  std::ostringstream written;
  written << file.rdbuf();
  EXPECT_EQ(written.str(), metrics_markdown()) << "run this test with PAGEFARE_REGENERATE=1";
}

}  // namespace
}  // namespace pagefare::test
