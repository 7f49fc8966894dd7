// SPDX-License-Identifier: Apache-2.0
//
// The limit as a lever: lines of the module's table that a process holds and a guard takes away.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/lever_owner.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::eventually;
using guest::MoverProcess;
using guest::start_lever_owner;
using namespace std::chrono_literals;

constexpr std::int64_t kFolios = 8;

class Levers : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(module_.error(), 0);
    ASSERT_EQ(set_knob("engine", "threads"), 0);
    ASSERT_EQ(set_knob("offloading", "1"), 0);
    use_folio_size(kHuge);
  }

  static Cgroup make(const std::string& path) {
    auto cgroup = Cgroup::create(path);
    EXPECT_TRUE(cgroup) << cgroup.error().message;
    return std::move(cgroup).value();
  }

  static std::string line(const Cgroup& cgroup, const std::string& copiers) {
    return std::to_string(cgroup.id()) + " " + copiers;
  }

  /// Of eight huge folios of the cgroup, those that their caller copied alone.
  static std::int64_t copied_alone(const std::string& owner) {
    auto mover = MoverProcess::start({"--mib", "16", "--kind", "huge", "--owner", owner});
    EXPECT_TRUE(mover) << mover.error().message;
    reset_counters();
    EXPECT_TRUE(mover->order("go"));
    EXPECT_EQ(get_counter("folios_alone") + get_counter("folios_migrated"), kFolios);
    return get_counter("folios_alone");
  }

 private:
  LoadedModule module_{"pagefare_copy"};
};

TEST_F(Levers, OfALimitedCgroupCopyAlone) {
  const Cgroup a = make("a");
  const auto owner = start_lever_owner({.cgroups = {{.path = "/a", .limit = true}}, .period = 1s});
  ASSERT_TRUE(owner) << owner.error().message;
  EXPECT_EQ(get_knob("limits"), line(a, "1"));
  EXPECT_EQ(copied_alone("a"), kFolios);
}

TEST_F(Levers, TakeOnlyTheirOwnLinesAwayWhenTheirOwnerIsKilled) {
  const Cgroup a = make("a");
  const Cgroup b = make("b");
  ASSERT_EQ(set_knob("limits", line(b, "2")), 0);
  auto owner = start_lever_owner({.cgroups = {{.path = "/a", .limit = true}}, .period = 1s});
  ASSERT_TRUE(owner) << owner.error().message;
  EXPECT_NE(get_knob("limits"), line(b, "2"));
  owner->kill();
  EXPECT_TRUE(eventually(30s, [&] { return get_knob("limits") == line(b, "2"); }))
      << get_knob("limits");
  EXPECT_EQ(copied_alone("a"), 0);
}

TEST_F(Levers, LeaveALineOfSomebodyElseInPeace) {
  const Cgroup a = make("a");
  ASSERT_EQ(set_knob("limits", line(a, "4")), 0);
  const auto owner = start_lever_owner({.cgroups = {{.path = "/a", .limit = true}}, .period = 1s});
  EXPECT_FALSE(owner);
  EXPECT_EQ(get_knob("limits"), line(a, "4"));
}

TEST_F(Levers, FailForCgroupsBeyondAFullTable) {
  const Cgroup a = make("a");
  // Long lines, then shorter ones, until not even "1 1" finds room.
  for (const std::uint64_t first :
       std::initializer_list<std::uint64_t>{9'000'000'000'000'000'000U, 1'000'000U, 1U}) {
    std::uint64_t id = first;
    while (set_knob("limits", std::to_string(id) + " 1") == 0) ++id;
  }
  const auto owner = start_lever_owner({.cgroups = {{.path = "/a", .limit = true}}, .period = 1s});
  ASSERT_FALSE(owner);
  EXPECT_NE(owner.error().message.find("No space left"), std::string::npos)
      << owner.error().message;
}

/// A tenant that works on every CPU, beside one that has a tenth of a CPU and moves memory without
/// end, with eight copiers for each folio.
class Victim : public Levers {
 protected:
  void SetUp() override {
    Levers::SetUp();
    ASSERT_EQ(set_knob("threads", "8"), 0);
    ASSERT_TRUE(neighbour_.write("cpu.max", "10000 100000"));
    for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN); ++cpu) {
      hogs_.push_back(std::make_unique<guest::CpuHog>(static_cast<int>(cpu)));
      ASSERT_TRUE(victim_.add(hogs_.back()->pid()));
    }
  }

  /// CPU time that the victim gets, in thousandths of one CPU.
  std::uint64_t progress() const {
    const auto start = std::chrono::steady_clock::now();
    const auto before = victim_.read_key("cpu.stat", "usage_usec").value_or(0);
    std::this_thread::sleep_for(15s);
    const auto used = victim_.read_key("cpu.stat", "usage_usec").value_or(0) - before;
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    return used / static_cast<std::uint64_t>(passed.count());
  }

  static std::uint64_t progress_beside_a_mover(
      const Victim& self, const std::function<bool()>& from = [] { return true; }) {
    auto mover = MoverProcess::start({"--mib", "32", "--kind", "huge", "--owner", "neighbour",
                                      "--initiator", "neighbour", "--rounds", "100000"});
    EXPECT_TRUE(mover) << mover.error().message;
    EXPECT_TRUE(mover->send("go"));
    EXPECT_TRUE(eventually(60s, from));
    const auto seen = self.progress();
    mover->kill();
    return seen;
  }

 private:
  Cgroup victim_ = make("victim");
  Cgroup neighbour_ = make("neighbour");
  std::vector<std::unique_ptr<guest::CpuHog>> hogs_;
};

TEST_F(Victim, KeepsItsCpuWhenTheNeighbourCopiesAlone) {
  const auto alone = progress();
  const auto without = progress_beside_a_mover(*this);
  const auto owner =
      start_lever_owner({.cgroups = {{.path = "/neighbour", .limit = true}}, .period = 1s});
  ASSERT_TRUE(owner) << owner.error().message;
  const auto with = progress_beside_a_mover(*this);
  std::cout << "thousandths of a CPU: alone " << alone << ", beside the mover " << without
            << ", beside the limited mover " << with << '\n';
  EXPECT_GE(with * 100, alone * 95);
  EXPECT_GT(with, without);
}

/// The same with the whole daemon, whose own time comes out of the same CPUs.
using Budgeted = Victim;
TEST_F(Budgeted, NeighbourLeavesTheVictimItsCpu) {
  const auto alone = progress();
  const auto without = progress_beside_a_mover(*this);
  constexpr const char* kConfig = "/out/victim.toml";
  // Held back by its quota it moves memory in bursts, seconds apart in an emulated guest.
  std::ofstream(kConfig) << R"(mode = "enforce"
period = "2s"
[fairness]
dwell = "1m"
[[budget]]
match = "/neighbour"
cpu = "1%"
burst = "0s"
actions = ["limit", "repay", "gate"]
)";
  const auto daemon =
      guest::Daemon::start({"--config", kConfig, "--state-directory", "/out/state-victim"});
  ASSERT_TRUE(daemon) << daemon.error().message;
  const auto with = progress_beside_a_mover(*this, [&] { return !get_knob("limits").empty(); });
  const auto status = daemon->status();
  ASSERT_TRUE(status) << status.error().message;
  std::cout << "thousandths of a CPU: alone " << alone << ", beside the mover " << without
            << ", beside it with a budget " << with << '\n';
  EXPECT_GE(with * 100, alone * 95) << status->json().value("fair", nlohmann::json()).dump();
  EXPECT_GT(with, without);
}

}  // namespace
}  // namespace pagefare::kmod_test
