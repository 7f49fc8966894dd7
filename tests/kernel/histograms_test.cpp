// SPDX-License-Identifier: Apache-2.0
// Histograms made in the kernel agree with the sums beside them.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <numeric>
#include <thread>

#include "tests/support/real_source.h"

namespace pagefare {
namespace {

struct CallsOfOneReason {
  std::uint64_t calls = 0;
  Pages pages;
  Nanoseconds cpu{};
};

std::uint64_t count(const auto& buckets) {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

class CallHistogramsOfTheKernel : public RealSource {
 protected:
  /// A window in which something migrated and every call was seen from its start. The maps are read
  /// one after the other: what other programs migrate meanwhile is in one of them only until the
  /// next reading, so readings are added up until both know the same calls.
  void observe(Window& window) {
    ASSERT_NO_FATAL_FAILURE(open());
    if (IsSkipped()) return;
    (void)read();
    ASSERT_NO_FATAL_FAILURE(migrate_some());
    window = read();
    for (int left = 50; left > 0 && !agree(window); --left) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      add(window, read());
    }
    ASSERT_FALSE(window.call_histograms.empty());
    ASSERT_EQ(window.losses.unmatched_call_ends, 0U);
  }

  static void add(Window& window, const Window& next) {
    window.calls.insert(window.calls.end(), next.calls.begin(), next.calls.end());
    for (const auto& [reason, histograms] : next.call_histograms) {
      window.call_histograms[reason] += histograms;
    }
    window.losses.unmatched_call_ends += next.losses.unmatched_call_ends;
  }

  static bool agree(const Window& window) {
    std::uint64_t calls = 0;
    std::uint64_t counted = 0;
    for (const CallEntry& entry : window.calls) calls += entry.calls;
    for (const auto& [reason, histograms] : window.call_histograms) {
      counted += count(histograms.by_cpu);
    }
    return calls == counted;
  }

  static std::map<MigrateReason, CallsOfOneReason> calls_in(const Window& window) {
    std::map<MigrateReason, CallsOfOneReason> by_reason;
    for (const CallEntry& entry : window.calls) {
      CallsOfOneReason& sum = by_reason[entry.reason];
      sum.calls += entry.calls;
      sum.pages += entry.pages_migrated;
      sum.pages += entry.pages_failed;
      sum.cpu += entry.cpu;
    }
    return by_reason;
  }
};

/// The sum lies between what it would be with every value just above its lower bound and on its
/// upper one.
void expect_bounds(const auto& buckets, double sum) {
  double least = 0;
  double most = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    const auto counted = static_cast<double>(buckets[i]);
    const auto upper = static_cast<double>(std::uint64_t{1} << i);
    least += i == 0 ? 0 : counted * (upper / 2);
    most += counted * upper;
  }
  EXPECT_GE(sum, least);
  EXPECT_LE(sum, most);
}

TEST_F(CallHistogramsOfTheKernel, CountEveryCallOnce) {
  Window window;
  ASSERT_NO_FATAL_FAILURE(observe(window));
  if (IsSkipped()) return;
  for (const auto& [reason, calls] : calls_in(window)) {
    const CallHistograms& histograms = window.call_histograms[reason];
    EXPECT_EQ(count(histograms.by_cpu), calls.calls) << name(reason);
    EXPECT_EQ(count(histograms.by_pages), calls.calls) << name(reason);
  }
}

TEST_F(CallHistogramsOfTheKernel, AddUpToTheTimeAndThePagesOfTheCalls) {
  Window window;
  ASSERT_NO_FATAL_FAILURE(observe(window));
  if (IsSkipped()) return;
  for (const auto& [reason, calls] : calls_in(window)) {
    const CallHistograms& histograms = window.call_histograms[reason];
    EXPECT_EQ(histograms.cpu, calls.cpu) << name(reason);
    EXPECT_EQ(histograms.pages, calls.pages) << name(reason);
  }
}

TEST_F(CallHistogramsOfTheKernel, PutCallsIntoTheBucketsOfTheirValues) {
  Window window;
  ASSERT_NO_FATAL_FAILURE(observe(window));
  if (IsSkipped()) return;
  for (const auto& [reason, histograms] : window.call_histograms) {
    expect_bounds(histograms.by_cpu, static_cast<double>(histograms.cpu.count()));
    expect_bounds(histograms.by_pages, static_cast<double>(histograms.pages.value));
  }
}

}  // namespace
}  // namespace pagefare
