// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

#include "controller/core/fair/turnstile.h"

namespace pagefare::test {
namespace {

using fair::Amounts;
using fair::Turnstile;

constexpr auto kCpu = static_cast<std::size_t>(fair::Resource::kCpu);
constexpr Amounts kLimit{100, fair::kUnlimited, fair::kUnlimited};

Turnstile::Passage passage(std::uint64_t cpu, std::uint64_t admitted, bool refused = true) {
  return {.used = {cpu, 0, 0}, .admitted = admitted, .refused = refused};
}

TEST(Turnstile, CountsNoCallsWhileItIsNotKnownWhatOneCosts) {
  Turnstile turnstile;
  turnstile.settle(passage(100, 0), kLimit);
  EXPECT_EQ(turnstile.calls(kCpu, 100), std::nullopt);
}

TEST(Turnstile, LetsThroughWhatCallsOfThatPriceCost) {
  Turnstile turnstile;
  turnstile.settle(passage(100, 10), kLimit);
  EXPECT_EQ(turnstile.calls(kCpu, turnstile.target(kCpu, 100)), 10U);
}

TEST(Turnstile, TakesBackWhatWasTooMuch) {
  Turnstile turnstile;
  turnstile.settle(passage(340, 10), kLimit);
  EXPECT_EQ(turnstile.target(kCpu, 100), 0U);
  turnstile.settle(passage(0, 0), kLimit);
  turnstile.settle(passage(0, 0), kLimit);
  EXPECT_EQ(turnstile.target(kCpu, 100), 60U);
}

TEST(Turnstile, ForgivesWhatIsBeyondThirtyTwoPeriods) {
  Turnstile turnstile;
  turnstile.settle(passage(1'000'000, 1), kLimit);
  for (int period = 0; period < 32; ++period) turnstile.settle(passage(0, 0), kLimit);
  EXPECT_EQ(turnstile.target(kCpu, 100), 100U);
}

TEST(Turnstile, KeepsForWhoWasRefusedUpToOneCall) {
  Turnstile turnstile;
  turnstile.settle(passage(250, 1), kLimit);  // 150 too much
  for (int period = 0; period < 10; ++period) turnstile.settle(passage(0, 0), kLimit);
  EXPECT_EQ(turnstile.target(kCpu, 100), 350U);
  EXPECT_EQ(turnstile.calls(kCpu, 350), 1U);
}

TEST(Turnstile, KeepsNothingForWhoWasNotRefused) {
  Turnstile turnstile;
  turnstile.settle(passage(30, 3, false), kLimit);
  EXPECT_EQ(turnstile.target(kCpu, 100), 100U);
}

TEST(Turnstile, DoesNotTakeUseWithoutAGateForThePriceOfCalls) {
  Turnstile turnstile;
  turnstile.watch(passage(100, 10));
  for (int period = 0; period < 4; ++period) turnstile.watch(passage(1'000, 0, false));
  EXPECT_EQ(turnstile.calls(kCpu, 100), 10U);
}

}  // namespace
}  // namespace pagefare::test
