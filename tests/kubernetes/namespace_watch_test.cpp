// SPDX-License-Identifier: Apache-2.0
// Budgets that pods have from the labels of their namespace, over real HTTP.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "controller/edge/kubernetes/pod_watch.h"
#include "controller/edge/system_clock.h"
#include "tests/support/api_server.h"

namespace pagefare {
namespace {

using namespace std::chrono_literals;

const std::string kUid = "0a1b2c3d-0011-2233-4455-66778899aabb";
const std::string kId(64, 'a');
const std::string kPath = "/kubepods/burstable/pod" + kUid + "/" + kId;

bool eventually(const std::function<bool()>& claim) {
  for (int i = 0; i < 2000; ++i) {
    if (claim()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

class NamespaceWatch : public testing::Test {
 protected:
  static PodWatchSettings settings(const ApiServer& server) {
    PodWatchSettings made;
    made.api.url = server.url();
    made.api.timeout = 5s;
    made.node = "node-1";
    made.namespaces = true;
    made.least_backoff = 20ms;
    made.most_backoff = 200ms;
    return made;
  }

  static void put_pod(ApiServer& server) {
    server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  }

  /// Zero: it asks for none.
  static std::uint32_t weight(PodWatch& watch) {
    const auto wish = watch.wish(kPath);
    return wish ? wish->weight.value_or(0) : 0;
  }
  static bool comes_to(PodWatch& watch, std::uint32_t wanted) {
    return eventually([&] { return weight(watch) == wanted; });
  }

  SystemClock clock_;
};

TEST_F(NamespaceWatch, GivesPodsWhatTheirNamespaceHadBefore) {
  ApiServer server;
  put_pod(server);
  server.put_namespace("shop", {{"pagefare.io/weight", "200"}, {"team", "a"}});
  server.put_namespace("other", {{"pagefare.io/weight", "900"}});
  PodWatch watch(settings(server), clock_);
  EXPECT_TRUE(comes_to(watch, 200));
}

TEST_F(NamespaceWatch, FollowsLabelsAsTheyComeChangeAndGo) {
  ApiServer server;
  put_pod(server);
  PodWatch watch(settings(server), clock_);
  ASSERT_TRUE(eventually([&] { return server.namespace_watches() == 1; }));
  const auto before = watch.generation();
  server.put_namespace("shop", {{"pagefare.io/weight", "200"}});
  ASSERT_TRUE(comes_to(watch, 200));
  EXPECT_GT(watch.generation(), before);
  server.put_namespace("shop", {{"pagefare.io/weight", "300"}});
  EXPECT_TRUE(comes_to(watch, 300));
  server.put_namespace("shop", {});
  EXPECT_TRUE(comes_to(watch, 0));
  server.put_namespace("shop", {{"pagefare.io/weight", "400"}});
  ASSERT_TRUE(comes_to(watch, 400));
  server.remove_namespace("shop");
  EXPECT_TRUE(comes_to(watch, 0));
  EXPECT_EQ(server.namespace_lists(), 1);
}

TEST_F(NamespaceWatch, LetsAPodsAnnotationWin) {
  ApiServer server;
  auto pod = pod_json(kUid, "shop", "web-0", "nginx", kId);
  pod["metadata"]["annotations"]["pagefare.io/weight"] = "300";
  server.put(pod);
  server.put_namespace("shop", {{"pagefare.io/weight", "200"}, {"pagefare.io/copy-cpu", "25"}});
  PodWatch watch(settings(server), clock_);
  ASSERT_TRUE(eventually([&] {
    const auto wish = watch.wish(kPath);
    return wish && wish->cpu_ppm == 250'000U;
  }));
  EXPECT_EQ(weight(watch), 300U);
}

TEST_F(NamespaceWatch, ListsAgainWhenItsVersionIsGone) {
  ApiServer server;
  put_pod(server);
  PodWatch watch(settings(server), clock_);
  ASSERT_TRUE(eventually([&] { return server.namespace_watches() == 1; }));
  server.put_namespace("shop", {{"pagefare.io/weight", "200"}});
  ASSERT_TRUE(comes_to(watch, 200));
  server.compact();
  server.end_watches();
  EXPECT_TRUE(eventually([&] { return server.namespace_lists() == 2; }));
  EXPECT_TRUE(eventually([&] { return server.namespace_watches() == 2; }));
  EXPECT_GE(watch.namespace_counts().failures[static_cast<std::size_t>(ApiFailure::kGone)], 1U);
  EXPECT_EQ(weight(watch), 200U);
}

TEST_F(NamespaceWatch, ForgetsLabelsThatWentWhileTheServerWasAway) {
  ApiServer server;
  put_pod(server);
  server.put_namespace("shop", {{"pagefare.io/weight", "200"}});
  PodWatch watch(settings(server), clock_);
  ASSERT_TRUE(comes_to(watch, 200));
  ASSERT_TRUE(eventually([&] { return server.namespace_watches() == 1; }));
  server.refuse_with(503);
  server.end_watches();
  ASSERT_TRUE(eventually([&] { return !watch.status().labels_error.empty(); }));
  server.remove_namespace("shop");
  EXPECT_EQ(weight(watch), 200U);
  server.refuse_with(0);
  EXPECT_TRUE(comes_to(watch, 0));
}

TEST_F(NamespaceWatch, OutlivesARestartOfTheServer) {
  auto server = std::make_unique<ApiServer>();
  const std::uint16_t port = server->port();
  put_pod(*server);
  server->put_namespace("shop", {{"pagefare.io/weight", "200"}});
  PodWatch watch(settings(*server), clock_);
  ASSERT_TRUE(comes_to(watch, 200));
  server.reset();
  ASSERT_TRUE(eventually([&] { return !watch.status().labels_error.empty(); }));
  EXPECT_EQ(weight(watch), 200U);
  server = std::make_unique<ApiServer>(
      ApiServer::Settings{.tls = {}, .token = "", .part = 500, .port = port});
  // Later versions than those that were seen of the first.
  for (int i = 0; i < 10; ++i) server->put_namespace("shop", {{"pagefare.io/weight", "300"}});
  EXPECT_TRUE(comes_to(watch, 300));
  EXPECT_TRUE(eventually([&] { return watch.status().labels_error.empty(); }));
}

TEST_F(NamespaceWatch, SaysWhatIsRefusedAndStillNamesPods) {
  ApiServer server;
  put_pod(server);
  server.refuse_namespaces_with(403);
  PodWatch watch(settings(server), clock_);
  ASSERT_TRUE(eventually([&] { return watch.status().complete; }));
  ASSERT_TRUE(eventually([&] { return !watch.status().labels_error.empty(); }));
  const PodNamesStatus status = watch.status();
  EXPECT_TRUE(watch.find(kPath).has_value());
  EXPECT_TRUE(status.complete);
  EXPECT_NE(status.labels_error.find("/api/v1/namespaces"), std::string::npos);
  EXPECT_GT(status.failures.at("forbidden"), 0U);
}

TEST_F(NamespaceWatch, IsNoneWhereNobodyWantsIt) {
  ApiServer server;
  put_pod(server);
  server.put_namespace("shop", {{"pagefare.io/weight", "200"}});
  auto without = settings(server);
  without.namespaces = false;
  PodWatch watch(without, clock_);
  ASSERT_TRUE(eventually([&] { return watch.find(kPath).has_value(); }));
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  EXPECT_EQ(server.namespace_lists(), 0);
  EXPECT_EQ(weight(watch), 0U);
}

}  // namespace
}  // namespace pagefare
