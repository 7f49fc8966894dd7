// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/capacity.h"

#include <algorithm>

#include "controller/core/fair/wide.h"

namespace pagefare::fair {
namespace {

constexpr std::uint64_t kMillionth = 1'000'000;
constexpr std::uint64_t kSecond = 1'000'000'000;
/// "auto" leaves at least this much of a CPU to copying.
constexpr std::uint64_t kFloor = 100'000;

std::uint64_t count(Nanoseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

std::uint64_t bounded(std::uint64_t amount) {
  return std::min(amount, kUnlimited - 1);
}

}  // namespace

std::uint64_t Capacity::from_pressure(const MachineState& machine, std::uint64_t used) {
  const std::uint64_t all = machine.cpus * kMillionth;
  const std::uint64_t used_ppm =
      scaled(used, kMillionth, std::max<std::uint64_t>(1, count(machine.duration)));
  const std::uint32_t stalled = machine.stalled_ppm.value_or(0);
  auto_ppm_ = std::min(auto_ppm_, all);
  if (stalled > kTight) auto_ppm_ = std::min(auto_ppm_, std::max(kFloor, used_ppm));
  if (stalled < kLoose) auto_ppm_ = std::min(all, auto_ppm_ + auto_ppm_ / 8);
  return auto_ppm_;
}

Amounts Capacity::of(const Policy& policy, const MachineState& machine, const Amounts& used) {
  const std::uint64_t time = count(machine.duration);
  const std::uint64_t cpu_ppm = policy.capacity_cpu_ppm
                                    ? *policy.capacity_cpu_ppm
                                    : from_pressure(machine, used[Resource::kCpu]);
  Amounts capacity{kUnlimited, kUnlimited, kUnlimited};
  capacity[Resource::kCpu] = bounded(scaled(time, cpu_ppm, kMillionth));
  if (policy.capacity_bytes_per_second) {
    capacity[Resource::kBytes] =
        bounded(scaled(policy.capacity_bytes_per_second->value, time, kSecond));
  }
  if (policy.capacity_dma_ppm) {
    capacity[Resource::kDma] = bounded(scaled(time, *policy.capacity_dma_ppm, kMillionth));
  }
  return capacity;
}

}  // namespace pagefare::fair
