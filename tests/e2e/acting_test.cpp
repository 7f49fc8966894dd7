// SPDX-License-Identifier: Apache-2.0
// The modes that decide, on a machine where nothing can be turned.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

class Acting : public WithDaemon {};

TEST_F(Acting, EnforceIsRefusedWhereTheJournalCannotBeWritten) {
  DaemonProcess daemon({.arguments = {"--mode", "enforce", "--state-directory", "/proc/state"}});
  EXPECT_FALSE(daemon.serves());
  EXPECT_EQ(daemon.child().wait(20s), 1) << daemon.err();
  EXPECT_NE(daemon.err().find("mode enforce"), std::string::npos) << daemon.err();
  EXPECT_NE(daemon.err().find("/proc/state"), std::string::npos) << daemon.err();
}

TEST_F(Acting, AdviseSaysWhatIsMissingAndKeepsNoJournal) {
  const TempDirectory directory;
  const std::string state = directory.path("state");
  const auto daemon =
      start({.arguments = {"--period", "100ms", "--mode", "advise", "--state-directory", state}});
  ASSERT_TRUE(daemon->serves());
  // The first period has nothing to compare with.
  EXPECT_TRUE(eventually([&] {
    return read_status(*daemon).at("steer").at("why_not").get<std::string>().find(
               "no copy engine") != std::string::npos;
  })) << read_status(*daemon).at("steer");
  EXPECT_EQ(daemon->stop().code, 0);
  EXPECT_FALSE(std::filesystem::exists(state + "/journal"));
}

TEST_F(Acting, TheFirstLineOfTheLogSaysTheMode) {
  const auto daemon = start({.arguments = {"--mode", "advise"}});
  ASSERT_TRUE(daemon->serves());
  EXPECT_NE(daemon->err().find(" is in mode advise ("), std::string::npos) << daemon->err();
}

}  // namespace
}  // namespace pagefare::e2e
