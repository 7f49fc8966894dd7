// SPDX-License-Identifier: Apache-2.0
//
// However the daemon that enforces ends: the copy module is as it was, or it was kept on purpose.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/steered_module.h"

namespace pagefare::kmod_test {
namespace {

using guest::eventually;
using nlohmann::json;

constexpr const char* kConfig = "/tmp/keep.toml";

bool is_as_found() {
  return get_knob("offloading") == "0" && get_knob("engine") == "serial" &&
         get_knob("threads") == "4" && get_knob("nr_dma_chan") == "1";
}

std::string knobs_now() {
  return get_knob("offloading") + " " + get_knob("engine") + " " + get_knob("threads") + " " +
         get_knob("nr_dma_chan");
}

/// The daemon's guard: `pagefare guard`, its child. 0: there is none.
pid_t guard_of(pid_t daemon) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string command = read_file(entry.path().string() + "/cmdline");
    const std::string parent = "PPid:\t" + std::to_string(daemon) + "\n";
    if (command.find(std::string("\0guard\0", 7)) != std::string::npos &&
        read_file(entry.path().string() + "/status").find(parent) != std::string::npos) {
      return std::stoi(entry.path().filename().string());
    }
  }
  return 0;
}

class Ending : public SteeredModule {
 protected:
  void SetUp() override {
    SteeredModule::SetUp();
    ASSERT_EQ(module_.error(), 0);
    ASSERT_TRUE(is_as_found()) << knobs_now();
    load();
  }

  /// Until the module is not as it was found.
  testing::AssertionResult start_and_turn(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--mode", "enforce"});
    if (auto started = start(arguments); !started) return started;
    if (eventually_steer([](const json& now) {
          return now["knobs"]["engine"] != "vanilla" && counted(now, "written") >= 2;
        })) {
      return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "nothing was turned: " << steer().dump();
  }

  LoadedModule module_{"pagefare_copy"};
};

TEST_F(Ending, BySigkillIsMadeGoodByTheGuard) {
  ASSERT_TRUE(start_and_turn({}));
  daemon().kill();
  const auto killed = std::chrono::steady_clock::now();
  EXPECT_TRUE(eventually(kPatience, is_as_found)) << knobs_now();
  const auto took = std::chrono::steady_clock::now() - killed;
  std::cout << "restored after "
            << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms\n";
}

TEST_F(Ending, BySigkillOfTheGuardTooIsMadeGoodByTheNextStart) {
  ASSERT_TRUE(start_and_turn({}));
  ::kill(daemon().pid(), SIGSTOP);  // or it would post another one
  const pid_t guard = guard_of(daemon().pid());
  ASSERT_GT(guard, 0);
  ::kill(guard, SIGKILL);
  daemon().kill();
  ASSERT_FALSE(is_as_found());
  ASSERT_TRUE(start({"--mode", "observe"}));
  EXPECT_TRUE(is_as_found()) << knobs_now();
}

TEST_F(Ending, KeepsOnRequestUntilSomebodyRestores) {
  std::ofstream(kConfig) << "on_stop = \"keep\"\n";
  ASSERT_TRUE(start_and_turn({"--config", kConfig}));
  const auto code = daemon().terminate();
  ASSERT_TRUE(code) << code.error().message;
  EXPECT_EQ(*code, 0);
  ASSERT_FALSE(is_as_found());
  const std::string kept = knobs_now();
  EXPECT_EQ(guest::run_pagefare("restore --unless-kept").value_or(""), "nothing to restore\n");
  EXPECT_EQ(knobs_now(), kept);
  const auto restored = guest::run_pagefare("restore");
  ASSERT_TRUE(restored);
  EXPECT_TRUE(is_as_found()) << knobs_now() << "\n" << *restored;
}

}  // namespace
}  // namespace pagefare::kmod_test
