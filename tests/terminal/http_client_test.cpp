// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "exporter/http_server.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

using namespace std::chrono_literals;

class HttpClientTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = HttpServer::start({.listen = "127.0.0.1:0"}, holder);
    ASSERT_TRUE(started) << started.error().message;
    server = *std::move(started);
  }

  std::string url(const std::string& path) const { return "http://" + server->address() + path; }

  HandClock clock;
  SnapshotHolder holder{clock};
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpClientTest, GetsTheBody) {
  const auto body = http_get(url("/livez"), 5s);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(*body, "ok\n");
}

TEST_F(HttpClientTest, NamesTheStatusAndTheReasonOfARefusal) {
  const auto body = http_get(url("/status"), 5s);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().message,
            url("/status") +
                ": answered 503: no snapshot yet: the first period has not ended; ask again");
}

TEST_F(HttpClientTest, SaysWhenNothingAnswers) {
  const std::string gone = url("/status");
  server.reset();
  const auto body = http_get(gone, 5s);
  ASSERT_FALSE(body);
  EXPECT_NE(body.error().message.find("nothing answers there"), std::string::npos)
      << body.error().message;
}

TEST_F(HttpClientTest, IgnoresTheProxyOfTheEnvironment) {
  ASSERT_EQ(::setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
  const auto body = http_get(url("/livez"), 5s);
  ::unsetenv("http_proxy");
  EXPECT_TRUE(body) << body.error().message;
}

TEST(HttpClient, GivesUpWhenTheTimeIsOver) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(fd, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(fd, generic, length), 0);
  ASSERT_EQ(::listen(fd, 4), 0);
  ASSERT_EQ(::getsockname(fd, generic, &length), 0);
  const auto body = http_get("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)), 200ms);
  ::close(fd);
  ASSERT_FALSE(body);
  EXPECT_NE(body.error().message.find("no answer within 200 ms"), std::string::npos)
      << body.error().message;
}

TEST(HttpClient, RefusesOtherProtocols) {
  const auto body = http_get("file:///etc/hostname", 1s);
  ASSERT_FALSE(body);
  EXPECT_NE(body.error().message.find("not an HTTP address"), std::string::npos)
      << body.error().message;
}

}  // namespace
}  // namespace pagefare::test
