// SPDX-License-Identifier: Apache-2.0
// The commands that show something, against a running daemon and without one.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/demo_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

constexpr int kFailed = 1;
constexpr const char* kNobodyThere = "http://127.0.0.1:1";

class Commands : public WithDaemon {
 protected:
  static std::unique_ptr<DaemonProcess> daemon_that_saw_a_demo() {
    auto daemon = start({.arguments = {"--period", "100ms"}, .config = "linger = \"10m\"\n"});
    // On a busy machine a second may not be enough to fragment memory.
    for (int tries = 0; tries < 12 && !saw_all_tenants(read_fresh_status(*daemon)); ++tries) {
      run_demo(1);
    }
    return daemon;
  }

 private:
  static bool saw_all_tenants(const Json& status) {
    int seen = 0;
    for (const Json& row : status.at("cgroups")) {
      const auto path = row.at("path").get<std::string>();
      const bool tenant = path.find("/tenant-") != std::string::npos;
      seen += tenant && row.at("owner").at("bytes") > (1U << 20U) ? 1 : 0;
    }
    return seen == 3;
  }
};

TEST_F(Commands, TopOnceShowsTheDemosCgroupsAndTheSums) {
  const auto daemon = daemon_that_saw_a_demo();
  const Ended top = run_pagefare({.arguments = {"top", "--once", "--url", daemon->url()}});
  EXPECT_EQ(top.code, 0) << top.err;
  for (const char* words : {"/compactor", "/tenant-a", "/tenant-b", "/tenant-c", "(unattributed)",
                            "(measured)", "MiB"}) {
    EXPECT_NE(top.out.find(words), std::string::npos) << "no " << words << " in\n" << top.out;
  }
}

TEST_F(Commands, TopOnceSortsByTheOwnersBytesWhenAsked) {
  const auto daemon = daemon_that_saw_a_demo();
  const Ended top = run_pagefare({.arguments = {"top", "--once", "--view", "owner", "--sort",
                                                "name", "--url", daemon->url()}});
  ASSERT_EQ(top.code, 0) << top.err;
  EXPECT_LT(top.out.find("/tenant-a"), top.out.find("/tenant-b"));
  EXPECT_LT(top.out.find("/tenant-b"), top.out.find("/tenant-c"));
}

TEST_F(Commands, TopAndStatusAsJsonGiveTheDocumentThatIsServed) {
  const auto daemon = start({.arguments = {"--period", "60s"}});
  ASSERT_TRUE(daemon->serves());
  const Json served = read_status(*daemon);
  for (const std::string command : {"top", "status"}) {
    const Ended ended = run_pagefare(
        {.arguments = {command, "--json"}, .environment = {{"PAGEFARE_URL", daemon->url()}}});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(Json::parse(ended.out, nullptr, false), served) << command;
  }
}

TEST_F(Commands, StatusSaysLayerTotalsAndCompleteness) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->serves());
  const Ended ended = run_pagefare({.arguments = {"status", "--url", daemon->url()}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::string layer = read_status(*daemon).at("layer");
  for (const std::string& words :
       {layer + ": ", std::string("completeness"), std::string("attached"), std::string("migrated"),
        std::string("own cost")}) {
    EXPECT_NE(ended.out.find(words), std::string::npos) << "no " << words << " in\n" << ended.out;
  }
}

TEST_F(Commands, StatusWithoutADaemonFailsWithTheRemedy) {
  const Ended ended = run_pagefare({.arguments = {"status", "--url", kNobodyThere}});
  EXPECT_EQ(ended.code, kFailed);
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find("start the daemon"), std::string::npos) << ended.err;
}

TEST_F(Commands, TopWithoutADaemonObservesByItself) {
  const Ended ended = run_pagefare({.arguments = {"top", "--json", "--url", kNobodyThere}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const Json status = Json::parse(ended.out, nullptr, false);
  ASSERT_FALSE(status.is_discarded()) << ended.out;
  EXPECT_NE(status.at("layer"), "none");
  EXPECT_EQ(broken_sums(status), std::vector<std::string>{});
}

TEST_F(Commands, DoctorSaysThatItCanRunWhereTheDaemonRuns) {
  ASSERT_TRUE(start()->serves());
  const Ended ended = run_pagefare({.arguments = {"doctor", "--json"}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const Json findings = Json::parse(ended.out, nullptr, false);
  ASSERT_FALSE(findings.is_discarded()) << ended.out;
  EXPECT_EQ(findings.at("can_run"), true);
  for (const Json& finding : findings.at("findings")) {
    EXPECT_FALSE(finding.at("why").get<std::string>().empty()) << finding;
    EXPECT_TRUE(finding.at("ok").get<bool>() || !finding.at("required").get<bool>()) << finding;
  }
}

TEST_F(Commands, DoctorForPeopleSaysTheSame) {
  const Ended ended = run_pagefare({.arguments = {"doctor"}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("pagefare can run here."), std::string::npos) << ended.out;
}

TEST(CheckConfig, ShowsWhatIsInEffectWhenTheFileIsGood) {
  const TempDirectory directory;
  const std::string file = directory.write("good.toml", "charge = \"owner\"\n");
  const Ended ended = run_pagefare({.arguments = {"check-config", file}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("charge = \"owner\""), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("period = \"1s\""), std::string::npos) << ended.out;
}

TEST(CheckConfig, NamesFileLineAndKeyWhenItIsNot) {
  const TempDirectory directory;
  const std::string file = directory.write("bad.toml", "\nchage = \"owner\"\n");
  const Ended ended = run_pagefare({.arguments = {"check-config", file}});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find(file + ":2: chage"), std::string::npos) << ended.err;
}

TEST(CheckConfig, AcceptsTheFileThatIsShipped) {
  const Ended ended =
      run_pagefare({.arguments = {"check-config", PAGEFARE_SOURCE_DIR "/deploy/pagefare.toml"}});
  EXPECT_EQ(ended.code, 0) << ended.err;
}

}  // namespace
}  // namespace pagefare::e2e
