// SPDX-License-Identifier: Apache-2.0
#include "exporter/fair_text.h"

#include <gtest/gtest.h>

#include <string>

#include "exporter/status_json.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

std::string status() {
  return status_json(populated_snapshot());
}

TEST(FairText, ExplainsAChildByItsHolder) {
  const auto text = explain_cgroup(status(), "/a.slice/b/c");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_NE(text->find("lives on the budget of /a.slice (match = \"/*.slice\", weight 100)"),
            std::string::npos)
      << *text;
  EXPECT_NE(text->find("would have, share): over its share"), std::string::npos) << *text;
  EXPECT_NE(text->find("not enforced: the mode is advise"), std::string::npos) << *text;
}

TEST(FairText, DoesNotTakeAPrefixForAParent) {
  EXPECT_FALSE(explain_cgroup(status(), "/a.slicer"));
}

TEST(FairText, SaysThatThereAreNoBudgets) {
  Snapshot snapshot = populated_snapshot();
  snapshot.fair = {};
  const auto text = explain_cgroup(status_json(snapshot), "/a.slice");
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().message.find("no budgets are set"), std::string::npos);
  EXPECT_EQ(fair_summary(status_json(snapshot)), "");
}

TEST(FairText, SumsUpInTheStatus) {
  const std::string text = fair_summary(status());
  EXPECT_NE(text.find("not enforced, the mode is advise"), std::string::npos) << text;
  EXPECT_NE(text.find("uses   1.500 s, may use   1.000 s  gate"), std::string::npos) << text;
}

TEST(FairText, SurvivesWhatIsNotOurs) {
  for (const std::string text : {"", "[]", "{\"fair\": 3}", "{\"fair\": {\"tenants\": 1}}"}) {
    EXPECT_FALSE(explain_cgroup(text, "/a"));
    EXPECT_EQ(fair_summary(text), "");
  }
}

}  // namespace
}  // namespace pagefare::test
