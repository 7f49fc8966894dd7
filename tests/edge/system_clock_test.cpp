// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/system_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace pagefare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(SystemClock, MonotonicTimePassesWhileAsleep) {
  SystemClock clock;
  const Nanoseconds start = clock.monotonic();
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_GE(clock.monotonic() - start, milliseconds(20));
}

TEST(SystemClock, ThreadCpuTimeDoesNotPassWhileAsleep) {
  SystemClock clock;
  const Nanoseconds start = clock.thread_cpu();
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_LT(clock.thread_cpu() - start, milliseconds(25));
}

TEST(SystemClock, ThreadCpuTimePassesWhileBusy) {
  SystemClock clock;
  const Nanoseconds start = clock.thread_cpu();
  const Nanoseconds deadline = clock.monotonic() + seconds(10);
  while (clock.thread_cpu() - start < milliseconds(2) && clock.monotonic() < deadline) {
  }
  EXPECT_GE(clock.thread_cpu() - start, milliseconds(2));
}

TEST(SystemClock, UnixTimeIsTheSystemsTime) {
  SystemClock clock;
  const auto expected = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LT(std::chrono::abs(Nanoseconds(clock.unix_ns()) - expected), seconds(1));
}

}  // namespace
}  // namespace pagefare
