// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "exporter/status_json.h"
#include "exporter/status_parse.h"
#include "exporter/status_text.h"
#include "exporter/top_table.h"
#include "tests/support/library_families.h"

namespace pagefare::test {
namespace {

Snapshot with_pod(PodName name) {
  Snapshot snapshot;
  Account account;
  account.charged.bytes.value = 4096;
  snapshot.rows.push_back(
      {.path = "/kubepods/pod1/a", .id = 7, .pod = std::move(name), .account = account});
  return snapshot;
}

TEST(PodLabels, StandBesideTheCgroup) {
  const std::string text = library_text(with_pod({"shop", "web-0", "nginx"}));
  EXPECT_NE(
      text.find("pagefare_cgroup_migrated_bytes_total{cgroup=\"/kubepods/pod1/a\","
                "view=\"charged\",namespace=\"shop\",pod=\"web-0\",container=\"nginx\"} 4096"),
      std::string::npos)
      << text;
}

TEST(PodLabels, AreLeftOutWhereThereIsNoPod) {
  EXPECT_EQ(library_text(with_pod({})).find("namespace="), std::string::npos);
}

TEST(PodLabels, AreInTheStatusToo) {
  const std::string status = status_json(with_pod({"shop", "web-0", "nginx"}));
  EXPECT_NE(status.find(R"("pod":{"namespace":"shop","name":"web-0","container":"nginx"})"),
            std::string::npos);
  EXPECT_EQ(status_json(with_pod({})).find(R"("pod":)"), std::string::npos);
}

TEST(PodNamesOnATerminal, StandForThePaths) {
  const auto status = parse_status(status_json(with_pod({"shop", "web-0", "nginx"})));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_NE(status_text(*status, false).find("shop/web-0/nginx"), std::string::npos);
  const TopTable table = top_sums(*status);
  EXPECT_EQ(table.rows.at(0).path, "/kubepods/pod1/a");
  EXPECT_EQ(format(table, {}, 120).rows.at(0).find("shop/web-0/nginx"), 0U);
}

TEST(PodNamesOnATerminal, AreThePathsOfOtherCgroups) {
  EXPECT_EQ(shown_name({.path = "/a", .id = 1, .pod = {}, .account = {}}), "/a");
  EXPECT_EQ(shown_name({.path = "/a", .id = 1, .pod = {"n", "p", ""}, .account = {}}), "n/p");
}

TEST(PodBudgetMetrics, AreThereOnlyWherePodsMayAskForThem) {
  Snapshot snapshot;
  snapshot.fair.active = true;
  EXPECT_EQ(library_text(snapshot).find("pagefare_pod_budget"), std::string::npos);
  snapshot.fair.takes_pod_budgets = true;
  snapshot.fair.pod_budgets = 4;
  snapshot.fair.pod_faults = {"a", "b"};
  const std::string text = library_text(snapshot);
  EXPECT_NE(text.find("pagefare_pod_budgets 4"), std::string::npos);
  EXPECT_NE(text.find("pagefare_pod_budget_faults 2"), std::string::npos);
  EXPECT_NE(status_json(snapshot).find(R"("pod_faults":["a","b"])"), std::string::npos);
}

TEST(PodNamesMetrics, AreThereOnlyWhereThereIsAClusterToAsk) {
  Snapshot snapshot;
  EXPECT_EQ(library_text(snapshot).find("pagefare_pod"), std::string::npos);
  snapshot.pod_names = {
      .wanted = true, .complete = true, .pods = 3, .failures = {{"gone", 2}}, .last_error = {}};
  const std::string text = library_text(snapshot);
  EXPECT_NE(text.find("pagefare_pods 3"), std::string::npos);
  EXPECT_NE(text.find("pagefare_pod_names_complete 1"), std::string::npos);
  EXPECT_NE(text.find("pagefare_pod_name_failures_total{cause=\"gone\"} 2"), std::string::npos);
}

}  // namespace
}  // namespace pagefare::test
