// SPDX-License-Identifier: Apache-2.0
//
// The real daemon beside the copy module, and two cgroups that move huge pages of their own.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {

class WithDaemon : public testing::Test {
 protected:
  void SetUp() override {
    use_folio_size(kHuge);
    auto daemon = guest::shared_daemon("auto");
    ASSERT_TRUE(daemon) << daemon.error().message;
    daemon_ = *daemon;
  }
  void TearDown() override {
    set_knob("offloading", "0");
    unload_module("pagefare_copy");
    unload_module("pagefare_softdma");
  }

  guest::Daemon& daemon() { return *daemon_; }
  guest::Status status() { return daemon_->settled().value_or(guest::Status{}); }

  /// Loads the module and waits until the daemon has what it watches it with.
  void load(const std::string& parameters) {
    ASSERT_EQ(load_module("pagefare_copy", "offloading=1 " + parameters), 0);
    ASSERT_TRUE(guest::eventually(std::chrono::seconds{60}, [&] {
      const auto now = daemon_->status();
      return now && now->attached("on_workqueue_execute_end") && now->attached("on_dma_done");
    })) << "the daemon does not follow the module";
  }

  static guest::Cgroup make(const std::string& path) {
    auto cgroup = guest::Cgroup::create(path);
    EXPECT_TRUE(cgroup) << cgroup.error().message;
    return std::move(cgroup).value();
  }

  /// Each "go" moves `folios` huge pages to the other node and back: twice as many copies.
  static guest::MoverProcess mover(const std::string& owner, int folios,
                                   const std::string& initiator = {}) {
    std::vector<std::string> arguments{"--kind",  "huge",  "--rounds",
                                       "2",       "--mib", std::to_string(folios * kHugeMib),
                                       "--owner", owner};
    if (!initiator.empty()) {
      arguments.insert(arguments.end(), {"--initiator", initiator});
    }
    auto process = guest::MoverProcess::start(arguments);
    EXPECT_TRUE(process) << process.error().message;
    return std::move(process).value();
  }

  static void go(guest::MoverProcess& process, std::int64_t copies) {
    const auto moved = process.order("go");
    ASSERT_TRUE(moved) << moved.error().message;
    ASSERT_EQ((*moved)["thp_migration_success"], copies);
  }

  /// What the daemon saw of the action.
  guest::Change observe(const std::function<void()>& action) {
    const auto change = guest::change_during(daemon(), action);
    EXPECT_TRUE(change) << change.error().message;
    return change.value_or(guest::Change{});
  }

  static constexpr int kHugeMib = 2;

 private:
  guest::Daemon* daemon_ = nullptr;
};

}  // namespace pagefare::kmod_test
