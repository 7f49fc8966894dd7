// SPDX-License-Identifier: Apache-2.0
#include "exporter/top_budget.h"

#include <gtest/gtest.h>

#include <string>

#include "exporter/status_json.h"
#include "exporter/top_table.h"
#include "exporter/utf8.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

Status with_budgets() {
  Status status;
  status.budgets = {{.holder = "/a", .stage = "gate", .share_ppm = 521'000},
                    {.holder = "/a/inner", .stage = "under", .share_ppm = 30'000}};
  CgroupRow row{.path = "/a/child", .id = 1, .account = {}};
  row.account.charged = {{100}, {1}, {}};
  status.rows.push_back(row);
  return status;
}

TEST(TopBudget, IsThatOfTheNearestHolderAbove) {
  const Status status = with_budgets();
  EXPECT_EQ(budget_text(status, "/a"), "52 % gate");
  EXPECT_EQ(budget_text(status, "/a/child/below"), "52 % gate");
  EXPECT_EQ(budget_text(status, "/a/inner/below"), "3 %");
}

TEST(TopBudget, IsEmptyWhereNoneHolds) {
  EXPECT_EQ(budget_text(with_budgets(), "/ab"), "");
  EXPECT_EQ(budget_text(with_budgets(), "/"), "");
  EXPECT_EQ(budget_text({}, "/a"), "");
}

TEST(TopBudget, HasAColumnWhereThereIsRoomAndABudget) {
  const TopTable table = top_sums(with_budgets());
  for (const std::size_t width : {64U, 79U, 92U, 120U}) {
    const TopLines lines = format(table, {}, width);
    EXPECT_TRUE(lines.heading.ends_with("budget")) << lines.heading;
    EXPECT_TRUE(lines.rows.at(0).ends_with("52 % gate")) << lines.rows.at(0);
    EXPECT_LE(code_points(lines.rows.at(0)), width);
  }
  EXPECT_EQ(format(table, {}, 60).heading.find("budget"), std::string::npos);
  EXPECT_EQ(format(top_sums({}), {}, 120).heading.find("budget"), std::string::npos);
}

/// As the daemon tells it.
TEST(TopBudget, IsReadFromTheStatus) {
  Snapshot snapshot;
  snapshot.fair.active = true;
  fair::TenantRow row;
  row.path = "/a";
  row.match = "/*";
  row.dominant_ppm = 250'000;
  row.stage = fair::Stage::kLimit;
  snapshot.fair.tenants.push_back(row);
  row.path = "~unlisted";
  row.match = "";
  snapshot.fair.tenants.push_back(row);
  const auto status = parse_status(status_json(snapshot));
  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(status->budgets.size(), 1U);
  EXPECT_EQ(budget_text(*status, "/a/b"), "25 % limit");
}

}  // namespace
}  // namespace pagefare::test
