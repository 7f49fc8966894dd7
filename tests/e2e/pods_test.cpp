// SPDX-License-Identifier: Apache-2.0
// Cgroups as a kubelet makes them, and an API server that knows them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/e2e/brief_life.h"
#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"
#include "tests/support/api_server.h"

namespace pagefare::e2e {
namespace {

namespace fs = std::filesystem;

const std::string kUid = "0a1b2c3d-0011-2233-4455-66778899aabb";
const std::string kContainer(64, 'a');

class Pods : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    if (IsSkipped()) return;
    if (!fs::exists("/proc/sys/vm/compact_memory")) GTEST_SKIP() << "needs CONFIG_COMPACTION";
    top_ = "/pagefare-pods-" + std::to_string(::getpid());
    path_ = top_ + "/kubepods/burstable/pod" + kUid + "/" + kContainer;
    server_.put(pod_json(kUid, "shop", "web-0", "nginx", kContainer));
  }

  void TearDown() override {
    for (fs::path path = path_; !top_.empty() && path != "/"; path = path.parent_path()) {
      ::rmdir((memory_cgroups() + path.string()).c_str());
    }
  }

  DaemonSettings settings() const {
    return {.arguments = {"--period", "100ms"},
            .config = "[kubernetes]\nnames = \"api\"\nurl = \"" + server_.url() +
                      "\"\nnode = \"node-1\"\ntoken_file = \"\"\nca_file = \"\"\n",
            .environment = {},
            .preparations = {}};
  }

  ApiServer server_;
  std::string top_;
  std::string path_;
};

TEST_F(Pods, AreNamedWhereTheirMemoryIsShown) {
  const auto daemon = start(settings());
  ASSERT_TRUE(daemon->serves());
  migrate_in(memory_cgroups() + path_);
  Json row;
  ASSERT_TRUE(eventually([&] {
    row = row_of(read_fresh_status(*daemon), path_);
    return !row.is_null() && row.contains("pod");
  }));
  EXPECT_EQ(row.at("pod"),
            (Json{{"namespace", "shop"}, {"name", "web-0"}, {"container", "nginx"}}));
  const Json names = read_status(*daemon).at("pod_names");
  EXPECT_EQ(names.at("complete"), true);
  EXPECT_EQ(names.at("pods"), 1);
  EXPECT_EQ(daemon->stop().code, 0);
}

TEST_F(Pods, AreCountedUnderTheirPathsWhileTheServerRefuses) {
  server_.refuse_with(403);
  const auto daemon = start(settings());
  ASSERT_TRUE(daemon->serves());
  migrate_in(memory_cgroups() + path_);
  Json status;
  ASSERT_TRUE(eventually([&] {
    status = read_fresh_status(*daemon);
    return !row_of(status, path_).is_null() &&
           status.at("pod_names").at("failures").at("forbidden") > 0;
  }));
  EXPECT_FALSE(row_of(status, path_).contains("pod"));
  EXPECT_NE(status.at("warnings").dump().find("names of pods may be missing"), std::string::npos);
}

}  // namespace
}  // namespace pagefare::e2e
