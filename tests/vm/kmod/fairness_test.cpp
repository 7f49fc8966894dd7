// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/kmod/gated_movers.h"

namespace pagefare::kmod_test {
namespace {
using guest::Cgroup;
using guest::Daemon;
using namespace std::chrono_literals;
using nlohmann::json;

void timeline(const std::string& capacity, std::size_t call, const std::vector<unsigned>& movers) {
  {
    std::ofstream config("/out/pagefare.toml");
    config << "mode = \"enforce\"\nperiod = \"1s\"\n[fairness]\ncapacity = \"" << capacity << "\"\n";
    for (std::size_t i = 0; i < movers.size(); ++i)
      config << "[[budget]]\nmatch = \"/t" << i << "\"\nactions = [\"gate\"]\nburst=\"0s\"\n";
  }
  std::vector<Cgroup> cgroups;
  std::vector<std::unique_ptr<MovingTenant>> tenants;
  for (std::size_t i = 0; i < movers.size(); ++i) {
    const auto name = "t" + std::to_string(i);
    cgroups.push_back(std::move(*Cgroup::create(name)));
    tenants.push_back(std::make_unique<MovingTenant>(name, movers[i], call));
  }
  auto daemon = Daemon::start({"--config", "/out/pagefare.toml", "--state-directory", "/out/state"});
  ASSERT_TRUE(daemon) << daemon.error().message;
  for (auto& t : tenants) t->wake();
  std::int64_t last = 0;
  for (int n = 0; n < 25;) {
    const auto s = daemon->status();
    if (s && s->periods() != last) {
      last = s->periods();
      ++n;
      std::cout << "p" << last << " idle " << s->json()["fair"]["capacity"]["cpu_ns"].get<std::int64_t>() / 1000000;
      for (auto& row : s->json()["fair"]["tenants"]) {
        if (row["path"] == "~unlisted") continue;
        std::cout << " | " << row["path"].get<std::string>() << " cpu "
                  << row["used"]["cpu_ns"].get<std::int64_t>() / 1000000 << " MB "
                  << row["used"]["bytes"].get<std::int64_t>() / 1000000 << " may "
                  << row["allocated"]["cpu_ns"].get<std::int64_t>() / 1000000 << " open "
                  << row["gate_open_ppm"].get<std::int64_t>() / 1000 << " " << row["stage"].get<std::string>() << " "
                  << row["rule"].get<std::string>() << " tot " << row["used_total"]["cpu_ns"].get<std::int64_t>() / 1000000;
      }
      std::cout << std::endl;
    }
    std::this_thread::sleep_for(50ms);
  }
  for (auto& t : tenants) std::cout << t->name() << " tally " << t->bytes() / 1000000 << " refused " << t->refused() << '\n';
  daemon->kill();
}

TEST(Fairness, Experiment) {
  timeline("20%", 16U << 20U, {4, 1});
  timeline("100%", 2U << 20U, {8, 1});
  timeline("400%", 2U << 20U, {8, 1});
}
}  // namespace
}  // namespace pagefare::kmod_test
