// SPDX-License-Identifier: Apache-2.0
// Settings, decisions, knobs and budgets: with their sentences, and when they are not there.
#include <gtest/gtest.h>

#include "tests/page/stage.h"

namespace pagefare::page {
namespace {

using nlohmann::json;

constexpr std::int64_t kMoment = 1'795'374'229'000'000'000;

json setting(const std::string& engine, int workers) {
  return {{"engine", engine}, {"workers", workers}};
}

json steer_part() {
  json decisions = json::array();
  for (int i = 1; i <= 6; ++i) {
    decisions.push_back({{"id", i},
                         {"period", 10 * i},
                         {"unix_ns", kMoment + i * 10'000'000'000},
                         {"rule", i % 2 == 0 ? "less_idle" : "explore"},
                         {"from", setting("cpu_threads", 1 << (i % 3))},
                         {"target", setting("cpu_threads", 1 << ((i + 1) % 3))},
                         {"outcome", "written"},
                         {"sentence", "decision " + std::to_string(i) + ": 3 CPUs are idle <b>"}});
  }
  return {{"objective", "thrift"}, {"active", setting("cpu_threads", 4)},
          {"deciding", true},      {"why_not", ""},
          {"regret_ppm", 21'000},  {"target", setting("dma", 0)},
          {"decisions", decisions}};
}

json knobs_part() {
  return {
      {"rows",
       {{{"name", "pagefare_copy.threads"},
         {"generation", "pagefare_copy"},
         {"path", "/sys/module/pagefare_copy/parameters/threads"},
         {"value", "3"},
         {"range", "1, 2, 4, ... 64"},
         {"grip", "theirs"},
         {"theirs_since_unix_ns", kMoment},
         {"ours", "4"},
         {"effect", "how many workers copy one batch"},
         {"error", ""}}}},
      {"alarms",
       {{{"kind", "loses_data"},
         {"knob", "pagefare_copy.threads"},
         {"sentence", "3 does not divide the folio size: bytes are not copied; write 2 or 4"}}}},
      {"active", setting("kernel", 1)}};
}

json fairness_part() {
  json cgroups = json::array();
  const auto add = [&](const std::string& path, const std::string& state, double share,
                       std::int64_t owed) {
    cgroups.push_back({{"path", path},
                       {"budget", "25% of a CPU"},
                       {"weight", 100},
                       {"state", state},
                       {"used_share", share},
                       {"owed_ns", owed},
                       {"sentence", path + " is " + state}});
  };
  add("/calm", "under", 0.1, 0);
  add("/greedy", "limited", 1.4, 2'000'000'000);
  return {{"capacity_ns_per_s", 2'000'000'000},
          {"cgroups", cgroups},
          {"actions",
           {{{"id", 1},
             {"unix_ns", kMoment},
             {"path", "/greedy"},
             {"rule", "limit"},
             {"sentence", "used 140 % of its share for 3 s"}}}}};
}

class PageActing : public OnPage {};

TEST_F(PageActing, SaysThatItObservesOnlyWhenNothingIsSteered) {
  open_live();
  EXPECT_NE(browser().text("#steer").find("Observing only"), std::string::npos);
  EXPECT_NE(browser().text("#budgets").find("no budget"), std::string::npos);
  EXPECT_EQ(browser().count("#decisions li, #actions li, #knobs *"), 0U);
}

TEST_F(PageActing, ShowsSettingsAndDecisionsNewestFirst) {
  add_to_status({{"steer", steer_part()}});
  open_live();
  EXPECT_NE(browser().text("#steer").find("cpu_threads, 4 workers"), std::string::npos);
  ASSERT_EQ(browser().count("#decisions li"), 6U);
  const std::string first = browser().text("#decisions li");
  EXPECT_NE(first.find("decision 6: 3 CPUs are idle <b>"), std::string::npos) << first;
  EXPECT_NE(first.find("less_idle"), std::string::npos) << first;
  EXPECT_NE(first.find("cpu_threads, 1 worker \u2192 cpu_threads, 2 workers"), std::string::npos)
      << first;
  EXPECT_EQ(browser().evaluate("return document.getElementById('workers-box').hidden"), false);
}

TEST_F(PageActing, KeepsDecisionsThatStatusTellsNoMore) {
  json later = steer_part();
  for (int i = 0; i < 4; ++i) later["decisions"].erase(0);
  browser().add_script_to_pages("window.parts = " + json{{"steer", steer_part()}}.dump());
  merge_into_status("window.parts");
  open_live();
  ASSERT_EQ(browser().count("#decisions li"), 6U);
  later["decisions"][1]["id"] = 7;
  browser().evaluate("window.parts = " + json{{"steer", later}}.dump());
  publish(at_second(3));
  EXPECT_TRUE(browser().shows("document.querySelectorAll('#decisions li').length === 7"));
}

TEST_F(PageActing, ShowsKnobsAndTheirAlarmsInRed) {
  add_to_status({{"knobs", knobs_part()}});
  open_live();
  EXPECT_NE(browser().text(".notice.bad[role=alert]").find("bytes are not copied"),
            std::string::npos);
  EXPECT_NE(browser().text("#knobs").find("how many workers copy one batch"), std::string::npos);
  EXPECT_EQ(browser().text("#knobs .badge.warn"), "theirs");
}

TEST_F(PageActing, ShowsWhoIsOverHisBudgetFirst) {
  add_to_status({{"fairness", fairness_part()}});
  open_live();
  EXPECT_EQ(browser().text("#budgets-hint"), "1 over");
  EXPECT_EQ(browser().text("#budgets tbody tr .path"), "/greedy");
  EXPECT_EQ(browser().text("#budgets tbody tr .badge.bad"), "limited");
  EXPECT_NE(browser().text("#actions").find("used 140 % of its share"), std::string::npos);
}

TEST_F(PageActing, FitsANarrowScreen) {
  add_to_status({{"steer", steer_part()}, {"knobs", knobs_part()}, {"fairness", fairness_part()}});
  browser().resize(360, 740);
  open_live();
  EXPECT_EQ(browser().evaluate("return document.documentElement.scrollWidth"), 360);
}

}  // namespace
}  // namespace pagefare::page
