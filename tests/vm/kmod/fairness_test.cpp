// SPDX-License-Identifier: Apache-2.0
//
// The whole daemon with budgets, against tenants of unequal greed. Time in an emulated guest means
// nothing: what is judged is how the copy CPU that the daemon counts is shared, and how the bytes
// are that move_pages(2) said it had moved. A call of 256 KiB is small beside what a tenant may
// use.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/gated_movers.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::Daemon;
using guest::eventually;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kPatience = 240s;
constexpr std::size_t kCall = 256UL << 10U;
constexpr const char* kConfig = "/out/fairness.toml";

struct Demand {
  unsigned movers = 1;
  unsigned weight = 100;
};

/// (sum x)^2 / (n * sum x^2): 1 when all are alike.
double jain(const std::vector<double>& shares) {
  double sum = 0;
  double squares = 0;
  for (const double share : shares) {
    sum += share;
    squares += share * share;
  }
  return squares > 0 ? sum * sum / (static_cast<double>(shares.size()) * squares) : 0;
}

class Fairness : public testing::Test {
 protected:
  void make(const std::vector<Demand>& demands) {
    demands_ = demands;
    for (std::size_t at = 0; at < demands.size(); ++at) {
      const std::string name = "tenant" + std::to_string(at);
      auto cgroup = Cgroup::create(name);
      ASSERT_TRUE(cgroup) << cgroup.error().message;
      cgroups_.push_back(std::move(*cgroup));
      tenants_.push_back(std::make_unique<MovingTenant>(name, demands[at].movers, kCall));
    }
  }

  void start(const std::string& mode) {
    daemon_.reset();
    std::ofstream config(kConfig);
    config << "mode = \"" << mode << "\"\n[fairness]\ncapacity = \"100%\"\n";
    for (std::size_t at = 0; at < demands_.size(); ++at) {
      config << "[[budget]]\nmatch = \"/tenant" << at << "\"\nweight = " << demands_[at].weight
             << "\nburst = \"0s\"\nactions = [\"gate\"]\n";
    }
    config.close();
    auto daemon = Daemon::start({"--config", kConfig, "--state-directory", "/out/state-" + mode});
    ASSERT_TRUE(daemon) << daemon.error().message;
    daemon_.emplace(std::move(*daemon));
  }

  MovingTenant& tenant(std::size_t at) { return *tenants_[at]; }
  void wake_all() {
    for (auto& tenant : tenants_) tenant->wake();
  }
  void all_sleep() {
    for (auto& tenant : tenants_) tenant->sleep();
  }

  std::int64_t periods() const {
    const auto status = daemon_->status();
    return status ? status->periods() : 0;
  }
  bool wait_for(std::int64_t more_periods) const {
    const std::int64_t until = periods() + more_periods;
    return eventually(kPatience, [&] { return periods() >= until; });
  }

  /// What everybody was charged and moved so far.
  struct Sums {
    std::vector<double> cpu;
    std::vector<double> bytes;
  };
  Sums sums() const {
    Sums sums;
    const auto status = daemon_->settled();
    EXPECT_TRUE(status) << status.error().message;
    for (std::size_t at = 0; at < tenants_.size(); ++at) {
      sums.cpu.push_back(
          static_cast<double>(status->cgroup(tenants_[at]->name(), "charged", "copy_cpu_ns")));
      sums.bytes.push_back(static_cast<double>(tenants_[at]->bytes()));
    }
    return sums;
  }
  /// Per weight, over so many periods from now on.
  Sums shares_over(std::int64_t more_periods) const {
    const Sums before = sums();
    EXPECT_TRUE(wait_for(more_periods));
    Sums shares = sums();
    for (std::size_t at = 0; at < demands_.size(); ++at) {
      shares.cpu[at] = (shares.cpu[at] - before.cpu[at]) / demands_[at].weight;
      shares.bytes[at] = (shares.bytes[at] - before.bytes[at]) / demands_[at].weight;
    }
    return shares;
  }
  static void print(const char* when, const Sums& shares) {
    std::cout << when << ": Jain of CPU " << jain(shares.cpu) << ", of bytes " << jain(shares.bytes)
              << "; CPU ms per weight";
    for (const double share : shares.cpu) std::cout << ' ' << std::lround(share / 1e6);
    std::cout << "; KiB per weight";
    for (const double share : shares.bytes) std::cout << ' ' << std::lround(share / 1024);
    std::cout << std::endl;
  }
  std::string fair() const {
    const auto status = daemon_->status();
    return status ? status->json().value("fair", json::object()).dump() : "";
  }

  /// Five periods after the start, over the ten periods that follow.
  void expect_even(const std::vector<Demand>& demands) {
    make(demands);
    start("observe");
    wake_all();
    ASSERT_TRUE(wait_for(2));
    print("observed", shares_over(5));
    all_sleep();
    start("enforce");
    wake_all();
    ASSERT_TRUE(wait_for(5));
    const Sums shares = shares_over(10);
    print("enforced", shares);
    EXPECT_GE(jain(shares.cpu), 0.98) << fair();
  }

 private:
  std::vector<Demand> demands_;
  std::vector<Cgroup> cgroups_;
  std::vector<std::unique_ptr<MovingTenant>> tenants_;
  std::optional<Daemon> daemon_;
};

TEST_F(Fairness, EvensOutEightToOne) {
  expect_even({{.movers = 8}, {.movers = 1}});
}

TEST_F(Fairness, EvensOutSixteenToOne) {
  expect_even({{.movers = 16}, {.movers = 1}});
}

TEST_F(Fairness, EvensOutOneGreedyAmongFour) {
  expect_even({{.movers = 1}, {.movers = 1}, {.movers = 1}, {.movers = 8}});
}

TEST_F(Fairness, FollowsWeights) {
  make({{.movers = 4, .weight = 100}, {.movers = 4, .weight = 200}, {.movers = 4, .weight = 400}});
  start("enforce");
  wake_all();
  ASSERT_TRUE(wait_for(5));
  const Sums shares = shares_over(15);
  print("1:2:4", shares);
  const double mean = (shares.cpu[0] + shares.cpu[1] * 2 + shares.cpu[2] * 4) / 7;
  for (const double share : shares.cpu) EXPECT_NEAR(share / mean, 1, 0.05) << fair();
}

TEST_F(Fairness, LendsWhatIsIdleAndGivesItBack) {
  make({{.movers = 8}, {.movers = 1}});
  start("enforce");
  tenant(0).wake();
  ASSERT_TRUE(wait_for(5));
  const Sums alone = shares_over(5);
  print("alone", alone);
  EXPECT_EQ(alone.bytes[1], 0);
  tenant(1).wake();
  ASSERT_TRUE(wait_for(3));  // seen in the first, held from the second on
  const Sums both = shares_over(5);
  print("both", both);
  EXPECT_GE(jain(both.cpu), 0.98) << fair();
  EXPECT_GT(alone.cpu[0], both.cpu[0] * 1.5);
}

}  // namespace
}  // namespace pagefare::kmod_test
