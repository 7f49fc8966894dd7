// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "controller/core/steer/accounts.h"
#include "controller/core/steer/belief.h"
#include "controller/core/steer/knowledge.h"
#include "tests/support/steer_views.h"

namespace pagefare::test {
namespace {

using steer::Belief;
using steer::Knowledge;

const steer::SettingSpace whole_space = threads_and_channels(32, 8);

Belief fresh() {
  const steer::Law law = steer::make_law(whole_space);
  return {law.shape, law.unknown};
}

std::size_t place(Setting setting) {
  return whole_space.find(setting).value();
}

TEST(Belief, ComesCloseToWhatWasMeasuredOften) {
  Belief belief = fresh();
  for (int i = 0; i < 50; ++i) {
    belief.observe(3, std::log(7.0), 0.01);
  }
  EXPECT_NEAR(belief.mean(3), std::log(7.0), 0.01);
  EXPECT_EQ(belief.samples(3), 50U);
}

TEST(Belief, IsMostCertainWhereItWasMeasured) {
  Belief belief = fresh();
  belief.observe(place({Engine::kThreads, 8}), std::log(20.0), 0.01);
  const double there = belief.variance(place({Engine::kThreads, 8}));
  EXPECT_LT(there, belief.variance(place({Engine::kThreads, 16})));
  EXPECT_LT(belief.variance(place({Engine::kThreads, 16})),
            belief.variance(place({Engine::kThreads, 32})));
  EXPECT_LT(belief.variance(place({Engine::kThreads, 32})),
            belief.variance(place({Engine::kDma, 1})));
}

TEST(Belief, ContinuesALawThatItHasSeenTheBeginningOf) {
  Belief linear = fresh();
  Belief flat = fresh();
  for (const std::uint32_t n : {1U, 2U, 4U}) {
    linear.observe(place({Engine::kThreads, n}), std::log(3.0 * n), 0.001);
    flat.observe(place({Engine::kThreads, n}), std::log(3.0), 0.001);
  }
  const std::size_t next = place({Engine::kThreads, 8});
  EXPECT_NEAR(std::exp(linear.mean(next)), 24.0, 5.0);
  EXPECT_NEAR(std::exp(flat.mean(next)), 3.0, 0.8);
}

TEST(Belief, NeverHasANegativeVariance) {
  Belief belief = fresh();
  for (int round = 0; round < 2000; ++round) {
    const auto setting = static_cast<std::size_t>(round) % belief.size();
    belief.observe(setting, 1.0 + 0.1 * (round % 7), 1e-4);
    ASSERT_GT(belief.variance(setting), 0.0);
  }
}

TEST(Knowledge, BeginsANewClassFromASimilarOne) {
  Knowledge knowledge(whole_space);
  const std::size_t four = place({Engine::kThreads, 4});
  const std::size_t eight = place({Engine::kThreads, 8});
  for (std::uint64_t period = 0; period < 40; ++period) {
    knowledge.learn(sample(9.0, {2 << 20, 256}), period % 2 == 0 ? four : eight, period);
  }
  knowledge.learn(sample(12.0, {2 << 20, 512}), four, 40);
  const Belief& belief = knowledge.find({2 << 20, 512})->belief;
  EXPECT_NEAR(belief.mean(eight) - belief.mean(four), 0.0, 0.05);
  EXPECT_EQ(belief.samples(eight), 0U);
}

TEST(Knowledge, LearnsHowNoisyMeasurementsAre) {
  Knowledge knowledge(whole_space);
  for (std::uint64_t period = 0; period < 500; ++period) {
    knowledge.learn(sample(period % 2 == 0 ? 10.0 : 10.4), 1, period);
  }
  EXPECT_NEAR(std::sqrt(knowledge.noise_variance()), 0.028, 0.01);
}

TEST(Knowledge, IsNotSurprisedByOneOutlier) {
  Knowledge knowledge(whole_space);
  std::uint64_t period = 0;
  for (; period < 50; ++period) {
    knowledge.learn(sample(10.0), 1, period);
  }
  EXPECT_EQ(knowledge.learn(sample(1.0), 1, period++), 0.0);
  EXPECT_EQ(knowledge.learn(sample(10.0), 1, period++), 0.0);
}

TEST(Knowledge, NoticesThatTheMachineBecameHalfAsFast) {
  Knowledge knowledge(whole_space);
  std::uint64_t period = 0;
  for (; period < 50; ++period) {
    ASSERT_EQ(knowledge.learn(sample(10.0), 1, period), 0.0);
  }
  double surprise = 0.0;
  for (int i = 0; i < 3; ++i) {
    surprise = std::max(surprise, knowledge.learn(sample(5.0), 1, period++));
  }
  EXPECT_GT(surprise, 0.3);
}

TEST(Knowledge, NoticesASlowDecay) {
  Knowledge knowledge(whole_space);
  double surprise = 0.0;
  for (std::uint64_t period = 0; period < 150; ++period) {
    const double decay = period < 50 ? 1.0 : std::exp(-0.007 * static_cast<double>(period - 50));
    surprise = std::max(surprise, knowledge.learn(sample(10.0 * decay), 1, period));
    if (period == 40) {
      knowledge.anchor(kHuge, 1);
    }
  }
  EXPECT_GT(surprise, 0.1);
}

TEST(Accounts, LendToThriftWhatWasNotUsed) {
  const steer::Manners manners;
  steer::Accounts accounts(manners);
  const double before = accounts.allowed_loss(0.10);
  for (int i = 0; i < 300; ++i) {
    accounts.settle({}, manners, 0.10);
  }
  EXPECT_GT(accounts.allowed_loss(0.10), before);
  EXPECT_LE(accounts.allowed_loss(0.10), 0.18);
}

TEST(Accounts, PayForFewSearchesInARowAndForOneNowAndThen) {
  const steer::Manners manners;
  steer::Accounts accounts(manners);
  int at_once = 0;
  while (accounts.pay_for_search(manners.search_periods)) {
    ++at_once;
  }
  EXPECT_EQ(at_once, manners.searches_at_once);
  std::uint32_t searching = 0;
  constexpr std::uint32_t kPeriods = 1000;
  for (std::uint32_t i = 0; i < kPeriods; ++i) {
    accounts.settle({}, manners, 0.1);
    searching += accounts.pay_for_search(manners.search_periods) ? manners.search_periods : 0;
  }
  EXPECT_LE(searching, manners.searching_share * kPeriods);
  EXPECT_GT(searching, manners.searching_share * kPeriods / 2.0);
}

TEST(Accounts, AllowNoRiskAfterALossAgainstTheKernel) {
  const steer::Manners manners;
  steer::Accounts accounts(manners);
  EXPECT_TRUE(accounts.may_risk());
  accounts.settle({.searching = true, .loss_against_kernel = 4.0}, manners, 0.10);
  EXPECT_FALSE(accounts.may_risk());
}

}  // namespace
}  // namespace pagefare::test
