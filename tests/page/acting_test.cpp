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
                         {"from", setting("mt", 1 << (i % 3))},
                         {"target", setting("mt", 1 << ((i + 1) % 3))},
                         {"outcome", "written"},
                         {"sentence", "decision " + std::to_string(i) + ": 3 CPUs are idle <b>"}});
  }
  return {{"objective", "thrift"}, {"active", setting("mt", 4)}, {"deciding", true},
          {"why_not", ""},         {"regret_ppm", 21'000},       {"target", setting("dma", 0)},
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

json amounts(std::int64_t cpu_ns) {
  return {{"cpu_ns", cpu_ns}, {"bytes", 0}, {"dma_ns", 0}};
}

json tenant(const std::string& path, const std::string& stage, const std::string& rule,
            std::int64_t used_ns, std::int64_t owed_ns) {
  json may = amounts(50'000'000);
  may["bytes"] = nullptr;
  may["dma_ns"] = nullptr;
  return {{"path", path},
          {"match", path},
          {"weight", 100},
          {"used", amounts(used_ns)},
          {"allocated", may},
          {"dominant", "cpu"},
          {"dominant_ppm", 400'000},
          {"owed", amounts(owed_ns)},
          {"stage", stage},
          {"rule", rule},
          {"sentence", path + " is <i>at</i> " + stage}};
}

json fair_part() {
  return {{"active", true},
          {"enforcing", false},
          {"why_not", "mode advise writes nothing"},
          {"tenants",
           {tenant("/calm", "under", "within", 10'000'000, 0),
            tenant("/greedy", "limit", "share", 70'000'000, 2'000'000'000)}},
          {"history",
           {{{"id", 1},
             {"period", 7},
             {"unix_ns", kMoment},
             {"path", "/greedy"},
             {"rule", "share"},
             {"from", "under"},
             {"to", "limit"},
             {"would_have", true},
             {"sentence", "used 140 % of its share for 3 s"}}}}};
}

class PageActing : public OnPage {};

TEST_F(PageActing, SaysThatItObservesOnlyWhenNothingIsSteered) {
  open_live();
  EXPECT_NE(browser().text("#steer").find("turns no knob"), std::string::npos);
  EXPECT_NE(browser().text("#budgets").find("no budget"), std::string::npos);
  EXPECT_EQ(browser().count("#decisions li, #actions li, #knobs *"), 0U);
}

TEST_F(PageActing, ShowsSettingsAndDecisionsNewestFirst) {
  add_to_status(
      {{"mode", "enforce"}, {"steer", steer_part()}, {"knobs", {{"active", setting("mt", 4)}}}});
  open_live();
  EXPECT_NE(browser().text("#steer").find("mt, 4 workers"), std::string::npos);
  ASSERT_EQ(browser().count("#decisions li"), 6U);
  const std::string first = browser().text("#decisions li");
  EXPECT_NE(first.find("decision 6: 3 CPUs are idle <b>"), std::string::npos) << first;
  EXPECT_NE(first.find("less_idle"), std::string::npos) << first;
  EXPECT_NE(first.find("mt, 1 worker \u2192 mt, 2 workers"), std::string::npos) << first;
  EXPECT_EQ(browser().evaluate("return document.getElementById('workers-box').hidden"), false);
}

TEST_F(PageActing, KeepsDecisionsThatStatusTellsNoMore) {
  json later = steer_part();
  for (int i = 0; i < 4; ++i) later["decisions"].erase(0);
  browser().add_script_to_pages("window.parts = " +
                                json{{"mode", "enforce"}, {"steer", steer_part()}}.dump());
  merge_into_status("window.parts");
  open_live();
  ASSERT_EQ(browser().count("#decisions li"), 6U);
  later["decisions"][1]["id"] = 7;
  browser().evaluate("window.parts = " + json{{"mode", "enforce"}, {"steer", later}}.dump());
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
  add_to_status({{"mode", "advise"}, {"fair", fair_part()}});
  open_live();
  EXPECT_EQ(browser().text("#budgets-hint"),
            "1 over; nothing is enforced: mode advise writes nothing");
  EXPECT_EQ(browser().text("#budgets tbody tr .path"), "/greedy");
  EXPECT_EQ(browser().text("#budgets tbody tr .badge.bad"), "limit");
  const std::string row = browser().text("#budgets tbody tr");
  // 70 ms and 50 ms of a period of 250 ms.
  EXPECT_NE(row.find("28.0 % copy CPU20.0 %1002.00 s/greedy is <i>at</i> limit"), std::string::npos)
      << row;
}

TEST_F(PageActing, ShowsWhatWasDoneAboutABudget) {
  add_to_status({{"mode", "advise"}, {"fair", fair_part()}});
  open_live();
  const std::string verdict = browser().text("#actions li");
  EXPECT_NE(verdict.find("would have/greedy: under \u2192 limitused 140 % of its share for 3 s"),
            std::string::npos)
      << verdict;
}

TEST_F(PageActing, SaysThatThereIsNoBudget) {
  add_to_status({{"mode", "advise"}, {"fair", {{"active", false}, {"tenants", json::array()}}}});
  open_live();
  EXPECT_NE(browser().text("#budgets").find("No budget is configured"), std::string::npos);
}

// A list of names without a blank once took the width of all other columns.
TEST_F(PageActing, BreaksTheLongValueOfAKnob) {
  json knobs = knobs_part();
  for (int i = 0; i < 12; ++i)
    knobs["rows"][0]["value"].get_ref<std::string&>() += ",syscall_or_cpuset";
  add_to_status({{"knobs", knobs}});
  open_live();
  EXPECT_EQ(browser().evaluate("const box = document.querySelector('#knobs .scroll');"
                               "return box.scrollWidth - box.clientWidth"),
            0);
}

TEST_F(PageActing, ShowsWholeRowsOfKnobsOnANarrowScreen) {
  add_to_status({{"knobs", knobs_part()}});
  browser().resize(360, 740);
  open_live();
  EXPECT_EQ(browser().evaluate("const box = document.querySelector('#knobs .scroll');"
                               "return box.scrollWidth - box.clientWidth"),
            0);
}

TEST_F(PageActing, FitsANarrowScreen) {
  add_to_status({{"mode", "advise"},
                 {"steer", steer_part()},
                 {"knobs", knobs_part()},
                 {"fair", fair_part()}});
  browser().resize(360, 740);
  open_live();
  EXPECT_EQ(browser().evaluate("return document.documentElement.scrollWidth"), 360);
}

}  // namespace
}  // namespace pagefare::page
