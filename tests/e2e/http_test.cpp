// SPDX-License-Identifier: Apache-2.0
// The running daemon's HTTP: pages, methods, many clients, and clients that do not behave.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

class Http : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    if (IsSkipped()) return;
    daemon_ = start();
    ASSERT_TRUE(daemon_->serves());
  }

  const DaemonProcess& daemon() const { return *daemon_; }

  std::uint16_t port() const {
    const std::string& url = daemon_->url();
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }

 private:
  std::unique_ptr<DaemonProcess> daemon_;
};

/// A client that begins a request and never ends it.
FileDescriptor connect_and_stall(std::uint16_t port) {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The sockets interface takes every kind of address through this one pointer type.
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  constexpr std::string_view kHalf = "GET /status HTTP/1.1\r\nHost: ";
  EXPECT_EQ(::send(socket.get(), kHalf.data(), kHalf.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(kHalf.size()));
  return socket;
}

TEST_F(Http, AnswersEveryPageWithItsType) {
  const std::vector<std::pair<std::string, std::string>> pages{{"/livez", "text/plain"},
                                                               {"/readyz", "text/plain"},
                                                               {"/status", "application/json"},
                                                               {"/metrics", "text/plain; version="},
                                                               {"/", "text/html"}};
  for (const auto& [path, type] : pages) {
    const test::Reply reply = daemon().get(path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_NE(reply.headers.find("Content-Type: " + type), std::string::npos) << reply.headers;
    EXPECT_FALSE(reply.body.empty()) << path;
  }
}

TEST_F(Http, NamesThePagesThereAreWhenOneIsNotFound) {
  const test::Reply reply = daemon().get("/metric");
  EXPECT_EQ(reply.status, 404);
  EXPECT_NE(reply.body.find("/metrics"), std::string::npos) << reply.body;
}

TEST_F(Http, RefusesToBeWrittenTo) {
  for (const std::string method : {"POST", "PUT", "DELETE"}) {
    const test::Reply reply = test::exchange(method, daemon().url() + "/status");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_NE(reply.headers.find("Allow: GET, HEAD"), std::string::npos) << reply.headers;
  }
}

TEST_F(Http, HeadHasTheHeadersAndNoBody) {
  for (const std::string path : {"/metrics", "/status", "/livez", "/readyz", "/"}) {
    const test::Reply reply = test::exchange("HEAD", daemon().url() + path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.body, "") << path;
    EXPECT_NE(reply.headers.find("Content-Length: "), std::string::npos) << reply.headers;
  }
}

TEST_F(Http, AnswersFiftyClientsAtOnce) {
  constexpr int kClients = 50;
  std::atomic<int> answered{0};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&, path = i % 2 == 0 ? "/metrics" : "/status"] {
        if (daemon().get(path).status == 200) ++answered;
      });
    }
  }
  EXPECT_EQ(answered, kClients);
}

TEST_F(Http, AnswersOthersWhileSlowClientsStall) {
  constexpr int kSlow = 20;
  std::vector<FileDescriptor> slow;
  for (int i = 0; i < kSlow; ++i) slow.push_back(connect_and_stall(port()));
  for (int i = 0; i < 10; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(daemon().get("/metrics").status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  }
}

}  // namespace
}  // namespace pagefare::e2e
