// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/pod_watch_choice.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

class PodWatchChoice : public testing::Test {
 protected:
  PodWatchChoice() {
    config_.token_file = files_.write("token", "t");
    config_.ca_file = files_.write("ca.crt", "c");
  }

  Result<std::optional<PodWatchSettings>> choose() {
    return choose_pod_watch(
        config_, [this](const char* key) { return environment_[key]; }, "host-1");
  }

  TempDirectory files_;
  KubernetesConfig config_;
  std::map<std::string, std::string> environment_{{"KUBERNETES_SERVICE_HOST", "10.0.0.1"},
                                                  {"KUBERNETES_SERVICE_PORT", "443"},
                                                  {"NODE_NAME", "node-1"}};
};

TEST_F(PodWatchChoice, IsTheApiServerInACluster) {
  const auto chosen = choose();
  ASSERT_TRUE(chosen && *chosen);
  EXPECT_EQ((*chosen)->source, PodSource::kApiServer);
  EXPECT_EQ((*chosen)->api.url, "https://10.0.0.1:443");
  EXPECT_EQ((*chosen)->api.token_file, config_.token_file);
  EXPECT_EQ((*chosen)->api.ca_file, config_.ca_file);
  EXPECT_EQ((*chosen)->node, "node-1");
}

TEST_F(PodWatchChoice, HasTheLabelsOfNamespacesWherePodsMayAskForBudgets) {
  EXPECT_FALSE((*choose())->namespaces);
  config_.annotations = true;
  EXPECT_TRUE((*choose())->namespaces);
}

TEST_F(PodWatchChoice, IsNothingOutsideOfACluster) {
  config_.token_file = files_.path("none");
  EXPECT_EQ(choose()->has_value(), false);
}

TEST_F(PodWatchChoice, IsNothingWhenItIsOff) {
  config_.names = PodNameSource::kOff;
  EXPECT_EQ(choose()->has_value(), false);
}

TEST_F(PodWatchChoice, PutsAnIpv6AddressIntoBrackets) {
  environment_["KUBERNETES_SERVICE_HOST"] = "fd00::1";
  EXPECT_EQ((*choose())->api.url, "https://[fd00::1]:443");
}

TEST_F(PodWatchChoice, TakesTheHostsNameForTheNode) {
  environment_.erase("NODE_NAME");
  EXPECT_EQ((*choose())->node, "host-1");
  config_.node = "node-2";
  EXPECT_EQ((*choose())->node, "node-2");
}

TEST_F(PodWatchChoice, IsTheKubeletOfThisNodeWhenAskedFor) {
  config_.names = PodNameSource::kKubelet;
  EXPECT_EQ((*choose())->source, PodSource::kKubelet);
  EXPECT_EQ((*choose())->api.url, "https://127.0.0.1:10250");
}

TEST_F(PodWatchChoice, SaysWhatIsMissingWhenAskedFor) {
  config_.names = PodNameSource::kApi;
  environment_.clear();
  const auto chosen = choose();
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().message.find("[kubernetes] url: "), 0U);
}

}  // namespace
}  // namespace pagefare
