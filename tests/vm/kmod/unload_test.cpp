// SPDX-License-Identifier: Apache-2.0
//
// The module comes and goes while its function is in use.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <string>

#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/movers.h"

namespace pagefare::kmod_test {
namespace {

constexpr int kCycles = 50;

/// Parameter files are there before the module's init and until after its exit.
void write_knobs_blindly(unsigned round) {
  set_knob("offloading", round % 2 == 0 ? "1" : "0");
  set_knob("reason_mask", round % 3 == 0 ? "all" : "mempolicy_mbind");
  set_knob("limits", round % 2 == 0 ? "1 5" : "clear");
  usleep(20000);
}

/// The daemon, with its BPF programs on folio_mc_copy.
class TracingPagefare {
 public:
  TracingPagefare() { start(); }
  ~TracingPagefare() { stop(); }
  TracingPagefare(const TracingPagefare&) = delete;
  TracingPagefare& operator=(const TracingPagefare&) = delete;

  [[nodiscard]] bool wait_until_it_traces() const {
    for (int i = 0; i < 120 && is_alive(); ++i) {
      if (read_file("/sys/kernel/tracing/enabled_functions").find("folio_mc_copy") !=
          std::string::npos) {
        return true;
      }
      usleep(500000);
    }
    return false;
  }
  [[nodiscard]] bool is_alive() const { return waitpid(pid_, nullptr, WNOHANG) == 0; }

  /// Once it traces a function of the module itself, the kernel keeps the module for it.
  void let_go() {
    stop();
    start();
    ++times_let_go_;
  }
  [[nodiscard]] int times_let_go() const { return times_let_go_; }

 private:
  void start() {
    pid_ = fork();
    if (pid_ == 0) {
      execl("/bin/pagefare", "pagefare", "run", "--listen", "127.0.0.1:9464", nullptr);
      _exit(127);
    }
  }
  void stop() const {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }

  pid_t pid_ = -1;
  int times_let_go_ = 0;
};

class Unload : public testing::Test {
 protected:
  void SetUp() override { use_folio_size(kHuge); }

  /// One life of the module under load. Returns how many folios it copied.
  static std::int64_t cycle(int number, TracingPagefare* tracer = nullptr) {
    const char* const parameters[] = {
        "offloading=1 engine=threads threads=4", "offloading=1 engine=dma nr_dma_chan=4",
        "offloading=1 engine=threads threads=13 reason_mask=mempolicy_mbind",
        "offloading=1 engine=threads threads=64 nontemporal=1"};
    EXPECT_EQ(load_module("pagefare_copy", parameters[number % 4]), 0) << number;
    usleep(200000);
    const std::int64_t folios = get_counter("folios_migrated");
    int unloaded = unload_module("pagefare_copy");
    if (unloaded == EAGAIN && tracer != nullptr) {
      tracer->let_go();
      unloaded = unload_module("pagefare_copy");
    }
    EXPECT_EQ(unloaded, 0) << number;
    EXPECT_FALSE(is_loaded("pagefare_copy"));
    return folios;
  }

  static void fifty_cycles(TracingPagefare* tracer = nullptr) {
    LoadedModule softdma{"pagefare_softdma", "channels=8"};
    ASSERT_EQ(softdma.error(), 0);
    Movers movers;
    movers.start(kHuge, 4 * kHuge);
    movers.start(kHuge, kHuge);
    std::int64_t folios = 0;
    for (int number = 0; number < kCycles; ++number) {
      folios += cycle(number, tracer);
    }
    EXPECT_TRUE(movers.stop());
    EXPECT_EQ(movers.wrong_words(), 0U);
    EXPECT_GT(movers.moves(), static_cast<std::uint64_t>(kCycles));
    EXPECT_GT(folios, kCycles);
    std::cout << "folios copied by the module " << folios << ", moves " << movers.moves() << '\n';
  }
};

TEST_F(Unload, FiftyTimesUnderMigrationsLosesNothing) {
  // Another user of ftrace on the same function.
  ASSERT_EQ(write_file("/sys/kernel/tracing/set_ftrace_filter", "folio_mc_copy\n"), 0);
  ASSERT_EQ(write_file("/sys/kernel/tracing/current_tracer", "function"), 0);
  fifty_cycles();
  write_file("/sys/kernel/tracing/current_tracer", "nop");
}

TEST_F(Unload, FiftyTimesWhilePagefareTracesLosesNothing) {
  if (access("/bin/pagefare", X_OK) != 0) {
    GTEST_SKIP() << "the guest has no pagefare program";
  }
  TracingPagefare pagefare;
  ASSERT_TRUE(pagefare.wait_until_it_traces());
  fifty_cycles(&pagefare);
  EXPECT_TRUE(pagefare.is_alive());
  std::cout << "times that pagefare held the module: " << pagefare.times_let_go() << '\n';
}

TEST_F(Unload, WhileParametersAreWritten) {
  LoadedModule softdma{"pagefare_softdma", "channels=8"};
  ASSERT_EQ(softdma.error(), 0);
  Movers movers;
  movers.start(kHuge, kHuge);
  movers.start_other(write_knobs_blindly);
  for (int number = 0; number < 20; ++number) {
    cycle(number);
  }
  EXPECT_TRUE(movers.stop());
  EXPECT_EQ(movers.wrong_words(), 0U);
}

TEST_F(Unload, LeavesNothingBehind) {
  {
    LoadedModule module{"pagefare_copy", "offloading=1 engine=threads"};
    ASSERT_EQ(module.error(), 0);
    EXPECT_NE(read_file("/sys/kernel/tracing/enabled_functions").find("folio_mc_copy"),
              std::string::npos);
    EXPECT_EQ(access("/sys/devices/virtual/workqueue/pagefare_copy", F_OK), 0);
    ASSERT_EQ(set_knob("offloading", "0"), 0);
    EXPECT_EQ(read_file("/sys/kernel/tracing/enabled_functions").find("folio_mc_copy"),
              std::string::npos);
    ASSERT_EQ(set_knob("offloading", "1"), 0);
  }
  EXPECT_FALSE(is_loaded("pagefare_copy"));
  EXPECT_EQ(read_file("/sys/kernel/tracing/enabled_functions").find("folio_mc_copy"),
            std::string::npos);
  EXPECT_NE(access("/sys/devices/virtual/workqueue/pagefare_copy", F_OK), 0);
}

}  // namespace
}  // namespace pagefare::kmod_test
