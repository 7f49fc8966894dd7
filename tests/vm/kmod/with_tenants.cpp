// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/with_tenants.h"

#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/vm/guest/work.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::Daemon;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kPatience = 240s;
constexpr const char* kConfig = "/out/fairness.toml";

}  // namespace

double jain(const std::vector<double>& shares) {
  double sum = 0;
  double squares = 0;
  for (const double share : shares) {
    sum += share;
    squares += share * share;
  }
  return squares > 0 ? sum * sum / (static_cast<double>(shares.size()) * squares) : 0;
}

void WithTenants::make(const std::vector<Demand>& demands, std::size_t call_bytes) {
  demands_ = demands;
  for (std::size_t at = 0; at < demands.size(); ++at) {
    const std::string name = "tenant" + std::to_string(at);
    auto cgroup = Cgroup::create(name);
    ASSERT_TRUE(cgroup) << cgroup.error().message;
    if (demands[at].home != Home::kTenant) {
      ASSERT_TRUE(cgroup->write("cgroup.subtree_control", "+memory"));
    }
    cgroups_.push_back(std::move(*cgroup));
    tenants_.push_back(
        std::make_unique<MovingTenant>(name, demands[at].movers, call_bytes, demands[at].home));
  }
}

void WithTenants::start(const std::string& mode) {
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

void WithTenants::wake_all() {
  for (auto& tenant : tenants_) tenant->wake();
}

void WithTenants::all_sleep() {
  for (auto& tenant : tenants_) tenant->sleep();
}

std::int64_t WithTenants::periods() const {
  const auto status = daemon_->status();
  return status ? status->periods() : 0;
}

bool WithTenants::wait_for(std::int64_t more_periods) const {
  const std::int64_t until = periods() + more_periods;
  return guest::eventually(kPatience, [&] { return periods() >= until; });
}

nlohmann::json WithTenants::fair() const {
  const auto status = daemon_->status();
  return status ? status->json().value("fair", json::object()) : json::object();
}

double WithTenants::used(const std::string& path) const {
  for (const auto& row : fair().value("tenants", json::array())) {
    if (row.value("path", "") == path) return row["used_total"].value("cpu_ns", 0.0);
  }
  return 0;
}

WithTenants::Sums WithTenants::sums() const {
  Sums sums;
  const auto status = daemon_->settled();
  EXPECT_TRUE(status) << status.error().message;
  for (std::size_t at = 0; at < tenants_.size(); ++at) {
    const std::string& name = tenants_[at]->name();
    // Only the budgets' own account knows those that went before they had a name.
    sums.cpu.push_back(demands_[at].home == Home::kTenant
                           ? static_cast<double>(status->cgroup(name, "charged", "copy_cpu_ns"))
                           : used(name));
    sums.bytes.push_back(static_cast<double>(tenants_[at]->bytes()));
  }
  return sums;
}

WithTenants::Sums WithTenants::shares_over(std::int64_t more_periods) const {
  const Sums before = sums();
  EXPECT_TRUE(wait_for(more_periods));
  Sums shares = sums();
  for (std::size_t at = 0; at < demands_.size(); ++at) {
    shares.cpu[at] = (shares.cpu[at] - before.cpu[at]) / demands_[at].weight;
    shares.bytes[at] = (shares.bytes[at] - before.bytes[at]) / demands_[at].weight;
  }
  return shares;
}

void WithTenants::print(const char* when, const Sums& shares) {
  std::cout << when << ": Jain of CPU " << jain(shares.cpu) << ", of bytes " << jain(shares.bytes)
            << "; CPU ms per weight";
  for (const double share : shares.cpu) std::cout << ' ' << std::lround(share / 1e6);
  std::cout << "; KiB per weight";
  for (const double share : shares.bytes) std::cout << ' ' << std::lround(share / 1024);
  std::cout << std::endl;
}

}  // namespace pagefare::kmod_test
