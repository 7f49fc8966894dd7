// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "controller/core/fair/capacity.h"

namespace pagefare::fair {
namespace {

constexpr std::uint64_t kCpuSecond = 1'000'000'000;

MachineState four_cpus(std::optional<std::uint32_t> stalled_ppm) {
  return {.duration = std::chrono::seconds(1), .cpus = 4, .stalled_ppm = stalled_ppm};
}

std::uint64_t cpu_of(Capacity& capacity, std::optional<std::uint32_t> stalled_ppm,
                     std::uint64_t used) {
  return capacity.of(Policy{}, four_cpus(stalled_ppm), {used, 0, 0})[Resource::kCpu];
}

TEST(Capacity, IsAllCpusWhileNobodyWaitsForOne) {
  Capacity capacity;
  EXPECT_EQ(cpu_of(capacity, 0, kCpuSecond), 4 * kCpuSecond);
  EXPECT_EQ(cpu_of(capacity, std::nullopt, kCpuSecond), 4 * kCpuSecond);
}

TEST(Capacity, UnderPressureIsWhatWasCopiedThen) {
  Capacity capacity;
  EXPECT_EQ(cpu_of(capacity, 300'000, 2 * kCpuSecond), 2 * kCpuSecond);
  EXPECT_EQ(cpu_of(capacity, 300'000, kCpuSecond / 2), kCpuSecond / 2);
  EXPECT_EQ(cpu_of(capacity, 300'000, 3 * kCpuSecond), kCpuSecond / 2) << "it does not grow then";
}

TEST(Capacity, UnderPressureKeepsATenthOfACpu) {
  Capacity capacity;
  EXPECT_EQ(cpu_of(capacity, 1'000'000, 0), kCpuSecond / 10);
}

TEST(Capacity, StaysBetweenTheTwoLimits) {
  Capacity capacity;
  EXPECT_EQ(cpu_of(capacity, 300'000, kCpuSecond), kCpuSecond);
  EXPECT_EQ(cpu_of(capacity, 150'000, 0), kCpuSecond);
}

TEST(Capacity, GrowsByAnEighthPerCalmPeriodUpToAllCpus) {
  Capacity capacity;
  EXPECT_EQ(cpu_of(capacity, 300'000, kCpuSecond), kCpuSecond);
  EXPECT_EQ(cpu_of(capacity, 0, kCpuSecond), kCpuSecond * 9 / 8);
  EXPECT_EQ(cpu_of(capacity, 0, kCpuSecond), kCpuSecond * 81 / 64);
  for (int period = 0; period < 20; ++period) (void)cpu_of(capacity, 0, 0);
  EXPECT_EQ(cpu_of(capacity, 0, 0), 4 * kCpuSecond);
}

TEST(Capacity, ThatIsConfiguredIsForThePeriodsLength) {
  Capacity capacity;
  Policy policy;
  policy.capacity_cpu_ppm = 2'000'000;
  policy.capacity_bytes_per_second = Bytes{1000};
  policy.capacity_dma_ppm = 500'000;
  MachineState machine = four_cpus(900'000);
  machine.duration = std::chrono::milliseconds(250);
  EXPECT_EQ(capacity.of(policy, machine, {}), Amounts(kCpuSecond / 2, 250, kCpuSecond / 8));
}

TEST(Capacity, OfWhatIsNotConfiguredIsUnlimited) {
  Capacity capacity;
  const Amounts all = capacity.of(Policy{}, four_cpus(0), {});
  EXPECT_EQ(all[Resource::kBytes], kUnlimited);
  EXPECT_EQ(all[Resource::kDma], kUnlimited);
}

}  // namespace
}  // namespace pagefare::fair
