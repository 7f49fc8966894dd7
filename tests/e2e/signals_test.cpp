// SPDX-License-Identifier: Apache-2.0
// What the daemon does when it is told to read its configuration again or to end, and what it
// tells the service manager.
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX

#include <chrono>
#include <string>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/demo_process.h"
#include "tests/e2e/notify_socket.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

class Signals : public WithDaemon {
 protected:
  static bool says(const DaemonProcess& daemon, const std::string& words) {
    return eventually([&] { return daemon.err().find(words) != std::string::npos; });
  }
};

TEST_F(Signals, HangupBringsTheNewChargeAndTheSumsGoOn) {
  const auto daemon = start({.arguments = {"--period", "100ms"}, .config = "charge = \"rule\"\n"});
  ASSERT_TRUE(daemon->serves());
  run_demo(1);
  const Json before = read_fresh_status(*daemon);
  ASSERT_EQ(before.at("charge"), "rule");
  ASSERT_GT(before.at("totals").at("bytes"), 0);
  daemon->write_config("charge = \"owner\"\n");
  daemon->child().signal(SIGHUP);
  ASSERT_TRUE(says(*daemon, "configuration read again")) << daemon->err();
  run_demo(1);
  const Json after = read_fresh_status(*daemon);
  EXPECT_EQ(after.at("charge"), "owner");
  EXPECT_GT(after.at("totals").at("bytes"), before.at("totals").at("bytes"));
  EXPECT_EQ(shrunk(before, after), std::vector<std::string>{});
  EXPECT_EQ(broken_sums(after), std::vector<std::string>{});
}

TEST_F(Signals, HangupWithABrokenFileKeepsWhatWasAndSaysSo) {
  const auto daemon =
      start({.arguments = {"--period", "100ms"}, .config = "charge = \"initiator\"\n"});
  ASSERT_TRUE(daemon->serves());
  daemon->write_config("\ncharge = \"nobody\"\n");
  daemon->child().signal(SIGHUP);
  ASSERT_TRUE(says(*daemon, "configuration kept as it was")) << daemon->err();
  EXPECT_NE(daemon->err().find(daemon->config_file() + ":2: charge"), std::string::npos)
      << daemon->err();
  EXPECT_EQ(read_fresh_status(*daemon).at("charge"), "initiator");
}

TEST_F(Signals, HangupNamesWhatNeedsARestart) {
  const auto daemon = start({.arguments = {"--period", "100ms"}, .config = "max_cgroups = 10\n"});
  ASSERT_TRUE(daemon->serves());
  daemon->write_config("max_cgroups = 20\n");
  daemon->child().signal(SIGHUP);
  EXPECT_TRUE(says(*daemon, "max_cgroups changed: it takes effect when")) << daemon->err();
}

TEST_F(Signals, AreNotNeededForAChangedFileThatIsWatched) {
  const auto daemon = start(
      {.arguments = {"--period", "100ms", "--watch-config"}, .config = "charge = \"rule\"\n"});
  ASSERT_TRUE(daemon->serves());
  daemon->write_config("charge = \"owner\"\n");
  EXPECT_TRUE(says(*daemon, "configuration read again")) << daemon->err();
  EXPECT_EQ(read_fresh_status(*daemon).at("charge"), "owner");
}

TEST_F(Signals, AreNeededForAChangedFileThatIsNotWatched) {
  const auto daemon = start({.arguments = {"--period", "100ms"}, .config = "charge = \"rule\"\n"});
  ASSERT_TRUE(daemon->serves());
  daemon->write_config("charge = \"owner\"\n");
  for (int periods = 0; periods < 4; ++periods) {
    EXPECT_EQ(read_fresh_status(*daemon).at("charge"), "rule");
  }
}

TEST_F(Signals, TerminationEndsItWithinTwoSecondsWithCodeZero) {
  for (const int number : {SIGTERM, SIGINT}) {
    const auto daemon = start({.arguments = {"--period", "60s"}});
    ASSERT_TRUE(daemon->serves());
    daemon->child().signal(number);
    EXPECT_EQ(daemon->child().wait(2s), 0) << daemon->err();
  }
}

TEST_F(Signals, AreToldToTheServiceManager) {
  const NotifySocket socket;
  const auto daemon = start(
      {.arguments = {"--period", "100ms"}, .environment = {{"NOTIFY_SOCKET", socket.path()}}});
  ASSERT_TRUE(daemon->serves());
  EXPECT_EQ(socket.next(), "READY=1");
  EXPECT_EQ(socket.next(), "WATCHDOG=1");
  EXPECT_EQ(socket.next(), "WATCHDOG=1");
  daemon->child().signal(SIGHUP);
  EXPECT_EQ(socket.next_but("WATCHDOG=1"), "RELOADING=1");
  EXPECT_EQ(socket.next_but("WATCHDOG=1"), "READY=1");
  daemon->child().signal(SIGTERM);
  EXPECT_EQ(socket.next_but("WATCHDOG=1"), "STOPPING=1");
  EXPECT_EQ(daemon->child().wait(2s), 0);
}

}  // namespace
}  // namespace pagefare::e2e
