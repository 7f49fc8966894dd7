// SPDX-License-Identifier: Apache-2.0
// A machine that lacks something: what pagefare needs is named with the remedy, the rest is not
// missed. The machine of each test is this one, with parts of it hidden from the child.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

constexpr int kFailed = 1;

class MissingPart : public WithDaemon {
 protected:
  /// Runs the daemon, which must end by itself.
  Ended start_without(const std::vector<Preparation>& preparations) const {
    const std::string config = directory_.write("pagefare.toml", "");
    return run_pagefare(DaemonProcess::settings_of({.preparations = preparations}, config,
                                                   directory_.make_directory("run")));
  }

 private:
  TempDirectory directory_;
};

void expect_failure(const Ended& ended, const std::vector<std::string>& words) {
  EXPECT_EQ(ended.code, kFailed) << ended.err;
  EXPECT_EQ(ended.out, "");
  for (const std::string& word : words) {
    EXPECT_NE(ended.err.find(word), std::string::npos) << "no \"" << word << "\" in: " << ended.err;
  }
}

TEST_F(MissingPart, OfRootIsToldWithHowToGetIt) {
  const Ended ended = run_pagefare(
      {.arguments = {"run", "--listen", "127.0.0.1:0"}, .preparations = {as_nobody()}});
  expect_failure(ended, {"root"});
}

TEST_F(MissingPart, OfRootIsToldByDoctorWhichSaysThatItCannotRun) {
  const Ended ended =
      run_pagefare({.arguments = {"doctor", "--json"}, .preparations = {as_nobody()}});
  EXPECT_EQ(ended.code, kFailed);
  const Json findings = Json::parse(ended.out, nullptr, false);
  ASSERT_FALSE(findings.is_discarded()) << ended.out;
  EXPECT_EQ(findings.at("can_run"), false);
  EXPECT_NE(ended.out.find("run as root"), std::string::npos) << ended.out;
}

TEST_F(MissingPart, OfBtfIsToldWithTheKernelOptionThatBringsIt) {
  expect_failure(start_without({hidden("/sys/kernel/btf")}),
                 {"/sys/kernel/btf/vmlinux", "CONFIG_DEBUG_INFO_BTF"});
}

TEST_F(MissingPart, OfMemoryCgroupsIsToldWithTheMountThatBringsThem) {
  expect_failure(start_without({unmounted("/sys/fs/cgroup")}),
                 {"no mounted cgroup hierarchy has the memory controller", "mount -t cgroup2"});
}

/// As in a container that has something else there: mountinfo names what cannot be reached.
TEST_F(MissingPart, OfMemoryCgroupsBehindAnotherMountIsToldAsHidden) {
  expect_failure(start_without({hidden("/sys/fs/cgroup")}),
                 {"/sys/fs/cgroup", "hidden", "unmount"});
}

TEST_F(MissingPart, OfTracefsIsNotMissed) {
  const auto daemon =
      start({.preparations = {hidden("/sys/kernel/tracing"), hidden("/sys/kernel/debug")}});
  ASSERT_TRUE(daemon->serves());
  EXPECT_NE(read_status(*daemon).at("layer"), "none");
  EXPECT_EQ(daemon->get("/readyz").status, 200);
}

}  // namespace
}  // namespace pagefare::e2e
