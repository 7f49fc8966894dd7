// SPDX-License-Identifier: Apache-2.0
//
// The whole daemon with all four levers pulled at once, ended in the middle.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/gated_movers.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::Daemon;
using guest::eventually;
using guest::MoverProcess;
using guest::Setting;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kPatience = 180s;
constexpr const char* kConfig = "/out/acting.toml";
constexpr std::size_t kCall = 256UL << 10U;
constexpr const char* kQuota = "10000 100000";
constexpr const char* kRate = "/proc/sys/kernel/numa_balancing_promote_rate_limit_MBps";

/// The limit on promotions is the machine's: whoever has memory balanced has to agree to it, which
/// includes the test and the daemon themselves.
constexpr const char* kBudgets = R"(mode = "enforce"
[fairness]
capacity = "400%"
dwell = "1h"
[[budget]]
match = "/limited"
cpu = "1%"
bytes = "1MiB/s"
burst = "0s"
actions = ["limit", "rate"]
[[budget]]
match = "/owing"
cpu = "1%"
bytes = "1MiB/s"
burst = "0s"
actions = ["repay", "rate"]
[[budget]]
match = "/gated"
cpu = "1%"
bytes = "1MiB/s"
burst = "0s"
actions = ["gate", "rate"]
[[budget]]
match = "/promoting"
bytes = "1MiB/s"
actions = ["rate"]
[[budget]]
match = "/driver"
bytes = "1GiB/s"
actions = ["rate"]
)";

/// /limited and /owing have huge pages moved with eight copiers, /gated asks for small ones.
class Acting : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(module_.error(), 0);
    ASSERT_EQ(set_knob("engine", "threads"), 0);
    ASSERT_EQ(set_knob("threads", "8"), 0);
    ASSERT_EQ(set_knob("offloading", "1"), 0);
    use_folio_size(kHuge);
    ASSERT_TRUE(promoting_.write("cpuset.cpus", "0"));
    ASSERT_TRUE(guest::join_cgroup("driver"));
    rate_as_found_ = read_file(kRate);
    limits_as_found_ = get_knob("limits");
    for (const char* name : {"limited", "owing"}) {
      auto mover = MoverProcess::start({"--how", "mbind", "--mib", "16", "--kind", "huge",
                                        "--owner", name, "--rounds", "1000000"});
      ASSERT_TRUE(mover) << mover.error().message;
      movers_.push_back(std::move(*mover));
    }
    ASSERT_TRUE(owing_.write("cpu.max", kQuota));
    std::ofstream(kConfig) << kBudgets;
    auto daemon = Daemon::start({"--config", kConfig, "--state-directory", "/out/state-acting"});
    ASSERT_TRUE(daemon) << daemon.error().message;
    daemon_.emplace(std::move(*daemon));
    for (auto& mover : movers_) ASSERT_TRUE(mover.send("go"));
    gated_mover_.emplace("gated", 1U, kCall);
    gated_mover_->wake();
  }
  void TearDown() override {
    gated_mover_.reset();
    for (auto& mover : movers_) mover.kill();
    (void)guest::join_cgroup("");
  }

  static Cgroup make(const std::string& path) {
    auto cgroup = Cgroup::create(path);
    EXPECT_TRUE(cgroup) << cgroup.error().message;
    return std::move(cgroup).value();
  }

  /// Steering, too, acts in enforce, and may do without workers. A person who wants them has the
  /// last word, and it leaves the knobs alone from then on.
  static void insist_on_workers() {
    for (const auto& [knob, value] : {std::pair{"threads", "8"}, std::pair{"offloading", "1"}}) {
      if (get_knob(knob) != value) set_knob(knob, value);
    }
  }
  bool is_limited() const {
    return ("\n" + get_knob("limits") + "\n").find("\n" + std::to_string(limited_.id()) + " 1\n") !=
           std::string::npos;
  }
  std::string quota() const {
    const std::string text = owing_.read("cpu.max").value_or("unreadable\n");
    return text.substr(0, text.find('\n'));
  }
  static bool is_gated() { return guest::move_is_refused("gated"); }
  bool rate_is_lowered() const { return read_file(kRate) != rate_as_found_; }
  bool is_as_found() const {
    return get_knob("threads") == "8" && get_knob("offloading") == "1" &&
           get_knob("limits") == limits_as_found_ && quota() == kQuota && !is_gated() &&
           !rate_is_lowered();
  }
  std::string all() const {
    return "threads: " + get_knob("threads") + "; offloading: " + get_knob("offloading") +
           "; limits: " + get_knob("limits") + "; cpu.max: " + quota() +
           "; gated: " + (is_gated() ? "yes" : "no") + "; rate: " + read_file(kRate);
  }
  std::string fair() const {
    const auto status = daemon_->status();
    return status ? status->json().value("fair", json::object()).dump() : "";
  }
  /// Lets balancing bring memory to the node of those that touch it.
  static bool have_memory_promoted(const std::function<bool()>& until) {
    const std::string knobs = "/sys/kernel/debug/sched/numa_balancing/";
    const Setting delay(knobs + "scan_delay_ms", "10");
    const Setting shortest(knobs + "scan_period_min_ms", "100");
    const Setting longest(knobs + "scan_period_max_ms", "200");
    const Setting balancing("/proc/sys/kernel/numa_balancing", "1");
    auto mover =
        MoverProcess::start({"--mib", "32", "--owner", "promoting", "--from", "1", "--to", "1"});
    EXPECT_TRUE(mover) << mover.error().message;
    return mover && eventually(kPatience, [&] {
             (void)mover->order("touch 20");
             return until();
           });
  }

  Daemon& daemon() { return *daemon_; }
  const Cgroup& owing() const { return owing_; }

 private:
  LoadedModule module_{"pagefare_copy"};
  Cgroup limited_ = make("limited");
  Cgroup owing_ = make("owing");
  Cgroup gated_ = make("gated");
  Cgroup promoting_ = make("promoting");
  Cgroup driver_ = make("driver");
  std::string rate_as_found_;
  std::string limits_as_found_;
  std::optional<Daemon> daemon_;
  std::vector<MoverProcess> movers_;
  std::optional<MovingTenant> gated_mover_;
};

TEST_F(Acting, LeavesEverythingAsFoundWhenItIsKilled) {
  std::string seen;
  const auto all_pulled = [&] {
    insist_on_workers();
    if (const std::string now = all(); now != seen) std::cout << (seen = now) << std::endl;
    return is_limited() && quota() != kQuota && is_gated() && rate_is_lowered();
  };
  ASSERT_TRUE(have_memory_promoted(all_pulled)) << all() << "\n" << fair();
  const auto killed = std::chrono::steady_clock::now();
  daemon().kill();
  EXPECT_TRUE(eventually(30s, [&] { return is_as_found(); })) << all();
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - killed);
  RecordProperty("milliseconds", static_cast<int>(passed.count()));
  std::cout << "as found " << passed.count() << " ms after SIGKILL\n";
}

TEST_F(Acting, LeavesAQuotaThatIsWrittenWhileItRepays) {
  ASSERT_TRUE(eventually(kPatience, [&] {
    insist_on_workers();
    return quota() != kQuota;
  })) << fair();
  constexpr const char* kByHand = "70000 100000";
  ASSERT_TRUE(owing().write("cpu.max", kByHand));
  const auto is_told = [&] {
    const auto levers = json::parse(fair(), nullptr, false).value("levers", json::array());
    for (const auto& lever : levers) {
      if (lever.value("lever", "") == "repay") return lever["outcomes"].value("theirs", 0) > 5;
    }
    return false;
  };
  EXPECT_TRUE(eventually(kPatience, is_told)) << fair();
  EXPECT_EQ(quota(), kByHand);
  ASSERT_EQ(daemon().terminate().value_or(-1), 0);
  EXPECT_EQ(quota(), kByHand);
}

}  // namespace
}  // namespace pagefare::kmod_test
