// SPDX-License-Identifier: Apache-2.0
// Which of two decisions in a row is news.
#include <gtest/gtest.h>

#include "controller/core/steer/state.h"

namespace pagefare::steer {
namespace {

NotedDecision noted(Rule rule, Outcome outcome = Outcome::kNothingDue, std::uint32_t workers = 4) {
  NotedDecision one;
  one.decision.rule = rule;
  one.decision.target = {Engine::kThreads, workers};
  one.outcome = outcome;
  return one;
}

TEST(SaysMore, NotWhenTheSameIsDecidedAgain) {
  EXPECT_FALSE(says_more(noted(Rule::kHold), noted(Rule::kHold)));
  EXPECT_FALSE(says_more(noted(Rule::kExplore), noted(Rule::kExplore)));
}

TEST(SaysMore, NotWhenOnlyTheReasonForStayingChanges) {
  EXPECT_FALSE(says_more(noted(Rule::kHold), noted(Rule::kIdle)));
  EXPECT_FALSE(says_more(noted(Rule::kIdle), noted(Rule::kFloor)));
  EXPECT_FALSE(says_more(noted(Rule::kFloor), noted(Rule::kHold)));
}

TEST(SaysMore, WhenTheCourseChanges) {
  EXPECT_TRUE(says_more(noted(Rule::kHold), noted(Rule::kExplore)));
  EXPECT_TRUE(says_more(noted(Rule::kExplore), noted(Rule::kIdle)));
  EXPECT_TRUE(says_more(noted(Rule::kHold), noted(Rule::kHold, Outcome::kNothingDue, 2)));
}

TEST(SaysMore, WhenAKnobWasTurnedOrWouldNot) {
  EXPECT_TRUE(says_more(noted(Rule::kExplore, Outcome::kWritten),
                        noted(Rule::kExplore, Outcome::kWritten)));
  EXPECT_TRUE(
      says_more(noted(Rule::kExplore, Outcome::kFailed), noted(Rule::kExplore, Outcome::kFailed)));
  EXPECT_TRUE(says_more(noted(Rule::kHold), noted(Rule::kHold, Outcome::kRefused)));
  EXPECT_FALSE(
      says_more(noted(Rule::kHold, Outcome::kRefused), noted(Rule::kHold, Outcome::kRefused)));
}

}  // namespace
}  // namespace pagefare::steer
