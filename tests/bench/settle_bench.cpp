// SPDX-License-Identifier: Apache-2.0
// What a period of fairness costs: to settle, to judge, to say; and to find out who lives on which
// of many budgets.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/fair/holders.h"
#include "controller/core/fair/steward.h"

namespace pagefare::fair {
namespace {

std::string path_of(std::int64_t at) {
  return "/kubepods.slice/pod" + std::to_string(at / 4) + "/container" + std::to_string(at);
}

/// Everybody hungry, or everybody within his means.
void BM_Period(benchmark::State& state) {
  Policy policy;
  policy.capacity_cpu_ppm = state.range(1) != 0 ? 1'000'000 : 1'000'000'000;
  Budget budget;
  budget.match = "/kubepods.slice/*/*";
  budget.actions.add(Action::kGate);
  policy.budgets.push_back(budget);
  Steward steward({.policy = policy, .enforce = true, .why_not = "", .own_path = "", .boot_id = ""},
                  {});
  Attribution attribution;
  for (std::int64_t at = 0; at < state.range(0); ++at) {
    const CgroupId id{static_cast<std::uint64_t>(at) + 1};
    steward.tenants().add(id, path_of(at));
    attribution.accounts[id].charged.copy_cpu = Nanoseconds(1'000'000 + at);
    attribution.accounts[id].charged.bytes = Bytes{4096};
  }
  Period period;
  period.attribution = &attribution;
  period.machine.duration = std::chrono::seconds(1);
  for (auto _ : state) {
    ++period.number;
    period.now += std::chrono::seconds(1);
    benchmark::DoNotOptimize(steward.turn(period));
  }
}
BENCHMARK(BM_Period)->Args({5000, 0})->Args({5000, 1})->Unit(benchmark::kMillisecond);

void BM_Settle(benchmark::State& state) {
  std::vector<Claim> claims(static_cast<std::size_t>(state.range(0)));
  for (std::size_t at = 0; at < claims.size(); ++at) {
    claims[at].rank = at;
    claims[at].weight = static_cast<std::uint32_t>(1 + at % 1000);
    claims[at].demand = {1'000'000 + at * 7919 % 1'000'000, 4096 * (1 + at % 512), 0};
    if (at >= 100) claims[at].parent = at % 100;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(settle(claims, {2'000'000'000, 10'000'000, kUnlimited}));
  }
}
BENCHMARK(BM_Settle)->Arg(5000)->Unit(benchmark::kMillisecond);

void BM_State(benchmark::State& state) {
  Policy policy;
  Budget budget;
  budget.match = "/kubepods.slice/*/*";
  policy.budgets.push_back(budget);
  Steward steward(
      {.policy = policy, .enforce = false, .why_not = "", .own_path = "", .boot_id = ""}, {});
  for (std::int64_t at = 0; at < state.range(0); ++at) {
    steward.tenants().add(CgroupId{static_cast<std::uint64_t>(at) + 1}, path_of(at));
  }
  for (auto _ : state) benchmark::DoNotOptimize(steward.state());
}
BENCHMARK(BM_State)->Arg(5000)->Unit(benchmark::kMillisecond);

void BM_Match(benchmark::State& state) {
  std::vector<Budget> budgets(static_cast<std::size_t>(state.range(0)));
  for (std::size_t at = 0; at < budgets.size(); ++at) {
    const std::string number = std::to_string(at);
    budgets[at].match = at % 3 == 0   ? "/kubepods.slice/pod" + number + "/**"
                        : at % 3 == 1 ? "/kubepods.slice/**/container" + number
                                      : "/kubepods.slice/*" + number + "x/**";
  }
  const Holders holders(budgets);
  std::int64_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(holders.on_the_way_to(path_of(++at % 10'000)));
}
BENCHMARK(BM_Match)->Arg(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pagefare::fair
