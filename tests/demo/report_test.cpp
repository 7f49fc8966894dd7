// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "controller/demo/demo.h"

namespace pagefare::demo {
namespace {

DemoReport small_report() {
  DemoReport report;
  report.page_bytes = 65536;
  report.nodes = {0};
  report.rounds = 1;
  report.owned = Pages{3};
  report.kernel_pages = Pages{4};
  report.kernel_pages_elapsed = Pages{5};
  report.cgroups = {
      {"/d/tenant-a", "tenant", CgroupId{77}, Bytes{1 << 20}, Bytes{3ULL * 65536}, {}, {}},
      {"/d/compactor", "compactor", CgroupId{78}, {}, {}, Bytes{3ULL * 65536}, {}}};
  report.steps = {{DemoAction::kCompaction,
                   "compactor",
                   {{"tenant-a", Pages{3}, Pages{1}}},
                   Pages{4},
                   {},
                   Nanoseconds{9},
                   Nanoseconds{10}}};
  return report;
}

TEST(DemoReportJson, NamesOwnersInitiatorsAndTheKernelsOwnCount) {
  const auto json = nlohmann::json::parse(to_json(small_report()));
  EXPECT_EQ(json["cgroups"][0]["path"], "/d/tenant-a");
  EXPECT_EQ(json["cgroups"][0]["id"], 77);
  EXPECT_EQ(json["cgroups"][0]["owned_bytes"], 3 * 65536);
  EXPECT_EQ(json["cgroups"][1]["initiated_bytes"], 3 * 65536);
  EXPECT_EQ(json["kernel_pages"], 4);
  EXPECT_EQ(json["kernel_pages_elapsed"], 5);
  EXPECT_EQ(json["steps"][0]["action"], "compaction");
  EXPECT_EQ(json["steps"][0]["owners"][0]["pages_moved"], 3);
}

TEST(DemoReportText, SaysWhatPartOfTheKernelsCountWasTheTenants) {
  EXPECT_NE(to_text(small_report()).find("75.00 % of them"), std::string::npos);
}

TEST(DemoReportText, SaysSoWhenInterrupted) {
  DemoReport report = small_report();
  EXPECT_EQ(to_text(report).find("Interrupted"), std::string::npos);
  report.interrupted = true;
  EXPECT_NE(to_text(report).find("Interrupted"), std::string::npos);
}

TEST(RunDemo, RefusesACgroupPrefixThatIsAPath) {
  for (const char* prefix : {"", "..", "a/b"}) {
    DemoSettings settings;
    settings.cgroup_prefix = prefix;
    const auto report = run_demo(settings);
    ASSERT_FALSE(report) << prefix;
    EXPECT_NE(report.error().message.find("no name for a cgroup"), std::string::npos);
  }
}

}  // namespace
}  // namespace pagefare::demo
