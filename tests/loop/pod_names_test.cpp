// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/fake_pod_names.h"
#include "tests/support/loop_stage.h"

namespace pagefare::test {
namespace {

constexpr std::uint64_t kCgroup = 7;
const PodName kWeb{"shop", "web-0", "nginx"};

class LoopWithPods : public testing::Test {
 protected:
  LoopWithPods() {
    stage_.loop.set_pod_names(pods_);
    stage_.names.make(CgroupId{kCgroup}, "/a");
  }

  PodName shown() { return stage_.sink.last().rows.at(0).pod; }

  LoopStage stage_;
  FakePodNames pods_;
};

TEST_F(LoopWithPods, ShowsTheNameThatIsKnown) {
  pods_.put("/a", kWeb);
  stage_.turn(kCgroup, 1);
  EXPECT_EQ(shown(), kWeb);
}

TEST_F(LoopWithPods, ShowsANameThatComesLater) {
  stage_.turn(kCgroup, 1);
  EXPECT_EQ(shown(), PodName{});
  pods_.put("/a", kWeb);
  stage_.turn(kCgroup, 1);
  EXPECT_EQ(shown(), kWeb);
}

TEST_F(LoopWithPods, FillsInAContainerThatIsKnownLaterThanItsPod) {
  pods_.put("/a", {"shop", "web-0", ""});
  stage_.turn(kCgroup, 1);
  pods_.put("/a", kWeb);
  stage_.turn(kCgroup, 1);
  EXPECT_EQ(shown(), kWeb);
}

TEST_F(LoopWithPods, KeepsTheNameOfAPodThatIsForgotten) {
  pods_.put("/a", kWeb);
  stage_.turn(kCgroup, 1);
  pods_.remove("/a");
  stage_.turn(kCgroup, 1);
  EXPECT_EQ(shown(), kWeb);
}

TEST_F(LoopWithPods, WarnsWhenLabelsOfNamespacesCannotBeHad) {
  pods_.said.labels_error = "https://10.0.0.1/api/v1/namespaces: answered 403";
  stage_.turn(kCgroup, 1);
  ASSERT_EQ(stage_.sink.last().warnings.size(), 1U);
  EXPECT_EQ(stage_.sink.last().warnings[0],
            "budgets by labels of namespaces may be missing or old: "
            "https://10.0.0.1/api/v1/namespaces: answered 403");
}

TEST_F(LoopWithPods, WarnsWhenNamesCannotBeHad) {
  pods_.said.complete = false;
  pods_.said.last_error = "https://10.0.0.1: answered 403";
  stage_.turn(kCgroup, 1);
  ASSERT_EQ(stage_.sink.last().warnings.size(), 1U);
  EXPECT_EQ(stage_.sink.last().warnings[0],
            "names of pods may be missing or old: https://10.0.0.1: answered 403");
}

TEST_F(LoopWithPods, DoesNotAskWhileNothingHasChanged) {
  stage_.turn(kCgroup, 1);
  const int before = pods_.lookups;
  stage_.turn(kCgroup, 1);
  EXPECT_EQ(pods_.lookups, before);
}

}  // namespace
}  // namespace pagefare::test
