// SPDX-License-Identifier: Apache-2.0
#include "exporter/histogram_families.h"

#include <gtest/gtest.h>

#include <string>

#include "exporter/text_families.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

std::string text_of(const Snapshot& snapshot, MetricsFormat format = MetricsFormat::kPrometheus) {
  TextFamilies families(format);
  add_call_histograms(families, snapshot);
  return std::move(families).take();
}

bool has_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

Snapshot with(MigrateReason reason, const CallHistograms& histograms) {
  Snapshot snapshot;
  snapshot.call_histograms[reason] = histograms;
  return snapshot;
}

constexpr auto kReason = MigrateReason::kCompaction;
const std::string kLatency = "pagefare_call_latency_seconds";
const std::string kSize = "pagefare_call_size_pages";

TEST(CallHistogramFamilies, CountACallInTheBucketOfItsBoundAndAllLargerOnes) {
  CallHistograms histograms;
  histograms.by_pages[8] = 1;
  histograms.by_pages[9] = 10;
  const std::string text = text_of(with(kReason, histograms));
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="128"} 0)")) << text;
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="256"} 1)"));
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="512"} 11)"));
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="+Inf"} 11)"));
  EXPECT_TRUE(has_line(text, kSize + R"(_count{reason="compaction"} 11)"));
}

TEST(CallHistogramFamilies, MergeBucketsOfTheKernel) {
  CallHistograms histograms;
  histograms.by_cpu[11] = 1;
  histograms.by_cpu[12] = 10;
  histograms.by_cpu[13] = 100;
  const std::string text = text_of(with(kReason, histograms));
  EXPECT_TRUE(has_line(text, kLatency + R"(_bucket{reason="compaction",le="1.024e-06"} 0)"))
      << text;
  EXPECT_TRUE(has_line(text, kLatency + R"(_bucket{reason="compaction",le="4.096e-06"} 11)"));
  EXPECT_TRUE(has_line(text, kLatency + R"(_bucket{reason="compaction",le="1.6384e-05"} 111)"));
}

TEST(CallHistogramFamilies, CountTheFirstAndTheLastBucketOfTheKernel) {
  CallHistograms histograms;
  histograms.by_cpu.front() = 2;
  histograms.by_cpu.back() = 3;
  histograms.by_pages.front() = 2;
  histograms.by_pages.back() = 3;
  const std::string text = text_of(with(kReason, histograms));
  EXPECT_TRUE(has_line(text, kLatency + R"(_bucket{reason="compaction",le="4.294967296"} 2)"))
      << text;
  EXPECT_TRUE(has_line(text, kLatency + R"(_bucket{reason="compaction",le="+Inf"} 5)"));
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="1"} 2)"));
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="+Inf"} 5)"));
}

TEST(CallHistogramFamilies, ShowSumsInSecondsAndPages) {
  CallHistograms histograms;
  histograms.cpu = Nanoseconds(1'500'000'000);
  histograms.pages = {77};
  const std::string text = text_of(with(kReason, histograms));
  EXPECT_TRUE(has_line(text, kLatency + R"(_sum{reason="compaction"} 1.5)")) << text;
  EXPECT_TRUE(has_line(text, kSize + R"(_sum{reason="compaction"} 77)"));
}

TEST(CallHistogramFamilies, AddUpReasonsThatThisBuildDoesNotKnow) {
  Snapshot snapshot;
  for (const unsigned number : {200U, 201U}) {
    snapshot.call_histograms[static_cast<MigrateReason>(number)].by_cpu[0] = 3;
  }
  EXPECT_TRUE(has_line(text_of(snapshot), kLatency + R"(_count{reason="unknown"} 6)"));
}

TEST(CallHistogramFamilies, WriteBoundsAsOpenMetricsAsks) {
  const std::string text = text_of(with(kReason, {}), MetricsFormat::kOpenMetrics);
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="512.0"} 0)")) << text;
  EXPECT_TRUE(has_line(text, kSize + R"(_bucket{reason="compaction",le="+Inf"} 0)"));
  EXPECT_TRUE(has_line(text, kLatency + R"(_bucket{reason="compaction",le="1.024e-06"} 0)"));
}

}  // namespace
}  // namespace pagefare::test
