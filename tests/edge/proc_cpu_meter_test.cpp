// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/proc_cpu_meter.h"

#include <gtest/gtest.h>

#include "controller/edge/system_clock.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

constexpr const char* kStat =
    "cpu  100 1 50 700 30 0 5 0 0 0\n"
    "cpu0 50 1 25 350 10 0 5 0 0 0\n"
    "cpu2 50 0 25 350 20 0 0 0 0 0\n"
    "intr 12345 0 0\n";

TEST(ProcCpuMeter, ReadsIdleTimeAndPressure) {
  const TempDirectory proc;
  proc.write("stat", kStat);
  proc.write("pressure/cpu",
             "some avg10=1.00 avg60=0.50 avg300=0.10 total=4321\n"
             "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  test::FakeClock clock;
  ProcCpuMeter meter({.proc = proc.path()}, clock);
  const auto counters = meter.read();
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_EQ(counters->cpus, 2U);
  EXPECT_EQ(counters->stalled, Nanoseconds(4'321'000));
  EXPECT_EQ(counters->at, clock.now);
}

TEST(ProcCpuMeter, CountsTicksAsTime) {
  const auto counters = parse_proc_stat(kStat, 10'000'000);
  ASSERT_TRUE(counters);
  EXPECT_EQ(counters->idle, Nanoseconds(7'300'000'000));
}

TEST(ProcCpuMeter, DoesWithoutPressure) {
  const TempDirectory proc;
  proc.write("stat", kStat);
  test::FakeClock clock;
  const auto counters = ProcCpuMeter({.proc = proc.path()}, clock).read();
  ASSERT_TRUE(counters);
  EXPECT_FALSE(counters->stalled);
}

TEST(ProcCpuMeter, NamesTheFileThatItCannotUse) {
  const TempDirectory proc;
  test::FakeClock clock;
  ProcCpuMeter meter({.proc = proc.path()}, clock);
  for (const char* text : {"", "cpu 1 2\n", "cpu  1 2 3 4 5\n", "intr 1 2 3 4 5\n"}) {
    proc.write("stat", text);
    const auto counters = meter.read();
    ASSERT_FALSE(counters) << text;
    EXPECT_NE(counters.error().message.find(proc.path("stat")), std::string::npos) << text;
  }
}

TEST(ProcCpuMeter, TakesNoPressureFromATextOfAnotherForm) {
  for (const char* text : {"", "some total=", "some total=12x\n", "full total=7\n"}) {
    EXPECT_FALSE(parse_pressure(text)) << text;
  }
}

TEST(ProcCpuMeter, ReadsThisMachine) {
  SystemClock clock;
  const auto counters = ProcCpuMeter({}, clock).read();
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_GT(counters->cpus, 0U);
  EXPECT_GT(counters->idle, Nanoseconds{});
}

}  // namespace
}  // namespace pagefare
