// SPDX-License-Identifier: Apache-2.0
//
// The whole daemon with budgets, and tenants that move memory without end.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/kmod/gated_movers.h"

namespace pagefare::kmod_test {

struct Demand {
  unsigned movers = 1;
  unsigned weight = 100;
  Home home = Home::kTenant;
};

/// (sum x)^2 / (n * sum x^2): 1 when all are alike.
double jain(const std::vector<double>& shares);

class WithTenants : public testing::Test {
 protected:
  static constexpr std::size_t kCall = 256UL << 10U;

  /// /tenant0, /tenant1 and so on, asleep.
  void make(const std::vector<Demand>& demands, std::size_t call_bytes = kCall);
  /// The daemon with a budget for each of them, and nothing but the gate.
  void start(const std::string& mode);

  MovingTenant& tenant(std::size_t at) { return *tenants_[at]; }
  void wake_all();
  void all_sleep();
  bool wait_for(std::int64_t more_periods) const;

  /// What everybody used and moved.
  struct Sums {
    std::vector<double> cpu;
    std::vector<double> bytes;
  };
  /// Per weight, over so many periods from now on.
  Sums shares_over(std::int64_t more_periods) const;
  static void print(const char* when, const Sums& shares);
  /// What the daemon says of fairness.
  nlohmann::json fair() const;
  /// CPU that counted for a holder since the start.
  double used(const std::string& path) const;

 private:
  std::int64_t periods() const;
  Sums sums() const;

  std::vector<Demand> demands_;
  std::vector<guest::Cgroup> cgroups_;
  std::vector<std::unique_ptr<MovingTenant>> tenants_;
  std::optional<guest::Daemon> daemon_;
};

}  // namespace pagefare::kmod_test
