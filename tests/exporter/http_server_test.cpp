// SPDX-License-Identifier: Apache-2.0
#include "exporter/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/gunzip.h"
#include "tests/support/http_exchange.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

using namespace std::chrono_literals;

bool machine_has_v6_loopback() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM, 0);
  if (fd < 0) {
    return false;
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const bool can = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return can;
}

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override { start("127.0.0.1:0"); }

  void start(const std::string& listen) {
    auto started = HttpServer::start({.listen = listen, .ready_completeness_ppm = 900'000}, holder);
    ASSERT_TRUE(started) << started.error().message;
    server = *std::move(started);
  }

  std::string url(const std::string& path) const { return "http://" + server->address() + path; }
  Reply get(const std::string& path) const { return exchange("GET", url(path)); }

  HandClock clock;
  SnapshotHolder holder{clock};
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpServerTest, TellsWhichFreePortItTook) {
  EXPECT_NE(server->port(), 0);
  EXPECT_EQ(server->address(), "127.0.0.1:" + std::to_string(server->port()));
}

TEST_F(HttpServerTest, ServesMetricsAsPrometheusText) {
  holder.publish(shared(populated_snapshot()));
  const Reply reply = get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.headers.find("Content-Type: text/plain; version=0.0.4"), std::string::npos);
  EXPECT_NE(reply.body.find("\npagefare_periods_total 100\n"), std::string::npos) << reply.body;
}

TEST_F(HttpServerTest, ServesOpenMetricsPackedToThoseThatAskForBoth) {
  holder.publish(shared(populated_snapshot()));
  const Reply reply = exchange(
      "GET", url("/metrics"),
      Asking{.headers = {"Accept: application/openmetrics-text", "Accept-Encoding: gzip"}});
  EXPECT_NE(reply.headers.find("Content-Type: application/openmetrics-text; version=1.0.0"),
            std::string::npos)
      << reply.headers;
  EXPECT_NE(reply.headers.find("Content-Encoding: gzip"), std::string::npos);
  EXPECT_TRUE(gunzip(reply.body).ends_with("# EOF\n"));
}

TEST_F(HttpServerTest, PacksStatusToo) {
  holder.publish(shared(populated_snapshot()));
  const Reply reply = exchange("GET", url("/status"), Asking{.headers = {"Accept-Encoding: gzip"}});
  EXPECT_NE(reply.headers.find("Content-Encoding: gzip"), std::string::npos);
  EXPECT_EQ(gunzip(reply.body), get("/status").body);
}

TEST_F(HttpServerTest, TellsCachesThatAnswersDifferByWhatIsAskedFor) {
  EXPECT_NE(get("/metrics").headers.find("Vary: Accept, Accept-Encoding"), std::string::npos);
}

TEST_F(HttpServerTest, ServesStatusAsJson) {
  holder.publish(shared(populated_snapshot()));
  const Reply reply = get("/status");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.headers.find("Content-Type: application/json"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(reply.body)["totals"]["calls"], 50);
}

TEST_F(HttpServerTest, ServesTheMetricsOfTenThousandCgroupsWhole) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows.clear();
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    snapshot.rows.push_back(row("/kubepods.slice/pod" + std::to_string(i), i + 1, i));
  }
  holder.publish(shared(std::move(snapshot)));
  const Reply reply = get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("cgroup=\"/kubepods.slice/pod9999\""), std::string::npos);
  EXPECT_NE(reply.body.find("pagefare_resolve_failures_total 3"), std::string::npos);
}

TEST_F(HttpServerTest, AnswersHeadWithTheHeadersOfGetAndNoBody) {
  holder.publish(shared(populated_snapshot()));
  const Reply reply = exchange("HEAD", url("/metrics"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.headers.find("Content-Length: " + std::to_string(get("/metrics").body.size())),
            std::string::npos)
      << reply.headers;
  EXPECT_TRUE(reply.body.empty());
}

TEST_F(HttpServerTest, RefusesToBeWrittenTo) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    const Reply reply = exchange(method, url("/metrics"), "x=1");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_NE(reply.headers.find("Allow: GET, HEAD"), std::string::npos) << method;
  }
}

TEST_F(HttpServerTest, ServesNoFiles) {
  for (const char* path : {"/etc/passwd", "/../../etc/passwd", "/%2e%2e/etc/passwd", "/status/",
                           "/metrics.txt", "/index.html"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(HttpServerTest, ShowsAPageWithLinksAtTheRoot) {
  const Reply reply = get("/");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("href=\"/metrics\""), std::string::npos);
}

TEST_F(HttpServerTest, SaysThatThereIsNoSnapshotYet) {
  const Reply reply = get("/status");
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("no snapshot yet"), std::string::npos);
}

TEST_F(HttpServerTest, IsNotLiveWhenTheLoopStopped) {
  holder.publish(shared(populated_snapshot()));
  EXPECT_EQ(get("/livez").status, 200);
  clock.advance(11s);
  EXPECT_EQ(get("/livez").status, 503);
}

TEST_F(HttpServerTest, IsReadyOnceASnapshotIsThere) {
  EXPECT_EQ(get("/readyz").status, 503);
  holder.publish(shared(populated_snapshot()));
  EXPECT_EQ(get("/readyz").status, 200);
}

TEST_F(HttpServerTest, NamesTheAddressAndTheRemedyWhenThePortIsTaken) {
  const auto second = HttpServer::start({.listen = server->address()}, holder);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(server->address()), std::string::npos);
  EXPECT_NE(second.error().message.find("another program listens there"), std::string::npos);
}

TEST_F(HttpServerTest, ListensOnVersionSixAddresses) {
  if (!machine_has_v6_loopback()) {
    GTEST_SKIP() << "no IPv6 loopback address";
  }
  server.reset();
  start("[::1]:0");
  EXPECT_EQ(server->address(), "[::1]:" + std::to_string(server->port()));
  EXPECT_EQ(get("/").status, 200);
}

TEST_F(HttpServerTest, FreesThePortWhenItStops) {
  const std::string address = server->address();
  EXPECT_EQ(get("/").status, 200);
  server.reset();
  start(address);
  EXPECT_EQ(get("/").status, 200);
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) {
    return -1;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

TEST_F(HttpServerTest, ServesOthersWhileClientsSayNothing) {
  constexpr int kClients = 16;
  std::vector<int> silent;
  silent.reserve(kClients);
  for (int i = 0; i < kClients; ++i) {
    silent.push_back(connect_to(server->port()));
    ASSERT_GE(silent.back(), 0);
  }
  EXPECT_EQ(get("/").status, 200);
  for (const int fd : silent) {
    ::close(fd);
  }
}

TEST_F(HttpServerTest, DropsAClientThatSendsItsRequestForever) {
  const int fd = connect_to(server->port());
  ASSERT_GE(fd, 0);
  const auto begin = std::chrono::steady_clock::now();
  const std::string start_of_request = "GET /metrics HTTP/1.1\r\nX-Slow: ";
  ::send(fd, start_of_request.data(), start_of_request.size(), MSG_NOSIGNAL);
  std::array<char, 256> answer{};
  bool dropped = false;
  while (!dropped && std::chrono::steady_clock::now() - begin < 30s) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const bool sent = ::send(fd, "x", 1, MSG_NOSIGNAL) == 1;
    const ssize_t got = ::recv(fd, answer.data(), answer.size(), MSG_DONTWAIT);
    dropped = !sent || got == 0 || (got < 0 && errno != EAGAIN);
  }
  ::close(fd);
  EXPECT_TRUE(dropped);
}

TEST_F(HttpServerTest, AnswersManyWhileSnapshotsChange) {
  std::atomic<int> good = 0;
  constexpr int kReaders = 4;
  std::vector<std::jthread> readers;
  readers.reserve(kReaders);
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      for (int k = 0; k < 20; ++k) {
        good += get(k % 2 == 0 ? "/metrics" : "/livez").status == 200 ? 1 : 0;
      }
    });
  }
  for (int k = 0; k < 200; ++k) {
    holder.publish(shared(populated_snapshot()));
  }
  readers.clear();
  EXPECT_EQ(good, 80);
}

TEST_F(HttpServerTest, StopsWhileRequestsAreUnderWay) {
  holder.publish(shared(populated_snapshot()));
  const std::string target = url("/metrics");
  std::atomic<bool> stop = false;
  std::jthread reader([&] {
    while (!stop) {
      const Reply reply = exchange("GET", target);
      if (reply.status == 200) {
        EXPECT_NE(reply.body.find("pagefare_resolve_failures_total 3"), std::string::npos);
      }
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server.reset();
  stop = true;
}

struct BadAddress {
  const char* listen;
  const char* complaint;
};

class RefusedAddress : public testing::TestWithParam<BadAddress> {};

TEST_P(RefusedAddress, IsAnErrorWithARemedy) {
  HandClock clock;
  const SnapshotHolder holder(clock);
  const auto server = HttpServer::start({.listen = GetParam().listen}, holder);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message.find(GetParam().listen), std::string::npos);
  EXPECT_NE(server.error().message.find(GetParam().complaint), std::string::npos)
      << server.error().message;
}

INSTANTIATE_TEST_SUITE_P(Texts, RefusedAddress,
                         testing::Values(BadAddress{"9464", "write 127.0.0.1:9464"},
                                         BadAddress{":9464", "write 127.0.0.1:9464"},
                                         BadAddress{"127.0.0.1:", "write 127.0.0.1:9464"},
                                         BadAddress{"127.0.0.1:70000", "write 127.0.0.1:9464"},
                                         BadAddress{"::1:9464", "write 127.0.0.1:9464"},
                                         BadAddress{"192.0.2.1:9464", "no interface"},
                                         BadAddress{"300.1.1.1:9464", "numeric address"}));

}  // namespace
}  // namespace pagefare::test
