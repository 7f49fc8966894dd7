// SPDX-License-Identifier: Apache-2.0
// Names of pods over real HTTP and TLS, from a server that does what API servers do to their
// clients.
#include "controller/edge/kubernetes/pod_watch.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "controller/edge/system_clock.h"
#include "tests/support/api_server.h"
#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

using namespace std::chrono_literals;

const std::string kUid = "0a1b2c3d-0011-2233-4455-66778899aabb";
const std::string kId(64, 'a');

std::string path_of(const std::string& uid, const std::string& id = kId) {
  return "/kubepods/burstable/pod" + uid + "/" + id;
}

std::string uid_number(int number) {
  const std::string digits = std::to_string(100000 + number);
  return "0a1b2c3d-0011-2233-4455-667788" + digits;
}

bool eventually(const std::function<bool()>& claim) {
  for (int i = 0; i < 2000; ++i) {
    if (claim()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

class PodWatchTest : public testing::Test {
 protected:
  PodWatchSettings settings(const std::string& url) const {
    PodWatchSettings made;
    made.api.url = url;
    made.api.timeout = 5s;
    made.node = "node-1";
    made.least_backoff = 20ms;
    made.most_backoff = 200ms;
    return made;
  }

  bool knows(PodWatch& watch, const std::string& path) const {
    return eventually([&] { return watch.find(path).has_value(); });
  }

  std::uint64_t failures(const PodWatch& watch, ApiFailure cause) const {
    return watch.counts().failures[static_cast<std::size_t>(cause)];
  }

  SystemClock clock_;
};

TEST_F(PodWatchTest, NamesPodsThatWereThereBefore) {
  ApiServer server;
  server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(knows(watch, path_of(kUid)));
  EXPECT_EQ(watch.find(path_of(kUid)), (PodName{"shop", "web-0", "nginx"}));
  EXPECT_TRUE(eventually([&] { return watch.counts().complete; }));
}

TEST_F(PodWatchTest, AsksForThePodsOfItsNodeOnly) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.lists() > 0; }));
  EXPECT_NE(server.last_request().find("&fieldSelector=spec.nodeName=node-1"), std::string::npos)
      << server.last_request();
}

TEST_F(PodWatchTest, HearsOfNewChangedAndDeletedPods) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  ASSERT_TRUE(knows(watch, path_of(kUid)));
  const std::string second(64, 'b');
  server.put(pod_json(kUid, "shop", "web-0", "nginx", second));
  EXPECT_TRUE(eventually([&] {
    const auto name = watch.find(path_of(kUid, second));
    return name && name->container == "nginx";
  }));
  server.remove(kUid);
  EXPECT_TRUE(eventually([&] { return watch.counts().pods == 0; }));
  EXPECT_EQ(watch.find(path_of(kUid)), (PodName{"shop", "web-0", "nginx"}));
  EXPECT_EQ(server.lists(), 1);
}

TEST_F(PodWatchTest, TellsWhatAnnotatedPodsAskForAndThatTheyNoLongerDo) {
  ApiServer server;
  auto pod = pod_json(kUid, "shop", "web-0", "nginx", kId);
  pod["metadata"]["annotations"]["pagefare.io/weight"] = "300";
  server.put(pod);
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(knows(watch, path_of(kUid)));
  const auto wish = watch.wish(path_of(kUid));
  ASSERT_TRUE(wish);
  EXPECT_EQ(wish->path, "/kubepods/burstable/pod" + kUid);
  EXPECT_EQ(wish->weight, 300U);
  const auto generation = watch.generation();
  server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  EXPECT_TRUE(eventually([&] { return !watch.wish(path_of(kUid)); }));
  EXPECT_GT(watch.generation(), generation);
}

TEST_F(PodWatchTest, ReadsAListInParts) {
  ApiServer server({.tls = {}, .token = "", .part = 7});
  for (int i = 0; i < 30; ++i) server.put(pod_json(uid_number(i), "n", "p", "c", kId));
  PodWatch watch(settings(server.url()), clock_);
  EXPECT_TRUE(eventually([&] { return watch.counts().pods == 30; }));
  EXPECT_EQ(server.lists(), 5);
}

TEST_F(PodWatchTest, GoesOnWhereAWatchEnded) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(eventually([&] { return server.watches() == round + 1; }));
    server.end_watches();
    server.put(pod_json(uid_number(round), "n", "p", "c", kId));
    ASSERT_TRUE(knows(watch, path_of(uid_number(round))));
  }
  EXPECT_EQ(server.lists(), 1);
}

TEST_F(PodWatchTest, ListsAgainWhenItsVersionIsGone) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  ASSERT_TRUE(knows(watch, path_of(kUid)));
  server.compact();
  server.end_watches();
  EXPECT_TRUE(eventually([&] { return server.lists() == 2 && server.watches() == 2; }));
  EXPECT_GE(failures(watch, ApiFailure::kGone), 1U);
  EXPECT_TRUE(eventually([&] { return watch.counts().complete; }));
}

TEST_F(PodWatchTest, ListsAgainWhenAWatchSaysThatItsVersionIsGone) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  server.say(R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}})");
  EXPECT_TRUE(eventually([&] { return server.lists() == 2; }));
  EXPECT_EQ(failures(watch, ApiFailure::kGone), 1U);
}

TEST_F(PodWatchTest, KeepsItsPlaceByBookmarks) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  server.compact();
  server.bookmark();
  ASSERT_TRUE(eventually([&] { return watch.counts().events == 1; }));
  server.end_watches();
  ASSERT_TRUE(eventually([&] { return server.watches() == 2; }));
  EXPECT_EQ(server.lists(), 1);
}

TEST_F(PodWatchTest, OutlivesARestartOfTheServer) {
  auto server = std::make_unique<ApiServer>();
  const std::uint16_t port = server->port();
  server->put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  PodWatch watch(settings(server->url()), clock_);
  ASSERT_TRUE(knows(watch, path_of(kUid)));
  server.reset();
  ASSERT_TRUE(eventually([&] { return failures(watch, ApiFailure::kUnreachable) > 0; }));
  EXPECT_TRUE(watch.find(path_of(kUid)).has_value());
  server = std::make_unique<ApiServer>(
      ApiServer::Settings{.tls = {}, .token = "", .part = 500, .port = port});
  const std::string later = uid_number(1);
  for (int i = 0; i < 10; ++i) server->put(pod_json(uid_number(i), "n", "p", "c", kId));
  EXPECT_TRUE(knows(watch, path_of(later)));
}

TEST_F(PodWatchTest, CountsRefusalsByCauseAndRecovers) {
  ApiServer server;
  for (const auto& [status, cause] :
       {std::pair{403U, ApiFailure::kForbidden}, std::pair{503U, ApiFailure::kServer},
        std::pair{429U, ApiFailure::kServer}}) {
    server.refuse_with(status);
    PodWatch watch(settings(server.url()), clock_);
    ASSERT_TRUE(eventually([&, wanted = cause] { return failures(watch, wanted) > 1; }));
    EXPECT_NE(watch.counts().last_error.find(std::to_string(status)), std::string::npos);
    EXPECT_FALSE(watch.counts().complete);
    server.refuse_with(0);
    EXPECT_TRUE(eventually([&] { return watch.counts().complete; }));
    EXPECT_EQ(watch.counts().last_error, "");
  }
}

TEST_F(PodWatchTest, BacksOff) {
  ApiServer server;
  server.refuse_with(503);
  auto slow = settings(server.url());
  slow.least_backoff = 100ms;
  slow.most_backoff = 100s;
  PodWatch watch(slow, clock_);
  std::this_thread::sleep_for(1s);
  // Without backing off there would be thousands; 100 + 200 + 400 ms, halved at most, are six.
  EXPECT_LE(failures(watch, ApiFailure::kServer), 6U);
}

TEST_F(PodWatchTest, SurvivesNonsense) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  server.say("no json at all");
  ASSERT_TRUE(eventually([&] { return failures(watch, ApiFailure::kMalformed) == 1; }));
  ASSERT_TRUE(eventually([&] { return server.watches() == 2; }));
  server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  EXPECT_TRUE(knows(watch, path_of(kUid)));
}

TEST_F(PodWatchTest, EndsAtOnceInTheMiddleOfAWatch) {
  ApiServer server;
  auto watch = std::make_unique<PodWatch>(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  watch.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
}

TEST_F(PodWatchTest, KeepsUpWithChurn) {
  ApiServer server;
  PodWatch watch(settings(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return server.watches() == 1; }));
  for (int i = 0; i < 2000; ++i) {
    server.put(pod_json(uid_number(i), "n", "p", "c", kId));
    server.remove(uid_number(i));
  }
  EXPECT_TRUE(eventually([&] { return watch.counts().events == 4000; }));
  EXPECT_EQ(watch.counts().pods, 0U);
  EXPECT_TRUE(watch.find(path_of(uid_number(1999))).has_value());
}

TEST_F(PodWatchTest, AsksAKubeletAgainAndAgain) {
  ApiServer server;
  auto kubelet = settings(server.url());
  kubelet.source = PodSource::kKubelet;
  kubelet.kubelet_interval = 20ms;
  PodWatch watch(kubelet, clock_);
  ASSERT_TRUE(eventually([&] { return server.lists() > 2; }));
  EXPECT_EQ(server.last_request(), "/pods");
  server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  EXPECT_TRUE(knows(watch, path_of(kUid)));
}

class PodWatchTls : public PodWatchTest {
 protected:
  PodWatchTls() { ca_ = files_.write("ca.pem", certificate_.certificate); }

  PodWatchSettings trusting(const std::string& url) {
    auto made = settings(url);
    made.api.ca_file = ca_;
    made.api.token_file = files_.write("token", "secret-1\n");
    return made;
  }

  TempDirectory files_;
  Certificate certificate_ = make_certificate();
  std::string ca_;
};

TEST_F(PodWatchTls, SpeaksTlsWithATokenToTheServerThatItTrusts) {
  ApiServer server({.tls = certificate_, .token = "secret-1"});
  server.put(pod_json(kUid, "shop", "web-0", "nginx", kId));
  PodWatch watch(trusting(server.url()), clock_);
  EXPECT_TRUE(knows(watch, path_of(kUid)));
  EXPECT_TRUE(eventually([&] { return server.watches() == 1; }));
}

TEST_F(PodWatchTls, TellsAnotherServerNothing) {
  ApiServer server({.tls = make_certificate(), .token = "secret-1"});
  PodWatch watch(trusting(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return failures(watch, ApiFailure::kTls) > 0; }));
  EXPECT_EQ(server.last_request(), "");
}

TEST_F(PodWatchTls, TakesARenewedToken) {
  ApiServer server({.tls = certificate_, .token = "secret-2"});
  PodWatch watch(trusting(server.url()), clock_);
  ASSERT_TRUE(eventually([&] { return failures(watch, ApiFailure::kForbidden) > 0; }));
  files_.write("token", "secret-2");
  EXPECT_TRUE(eventually([&] { return watch.counts().complete; }));
}

}  // namespace
}  // namespace pagefare
