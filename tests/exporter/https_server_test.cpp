// SPDX-License-Identifier: Apache-2.0
// The server under a web config: TLS, certificates of clients, passwords, and files that change.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "exporter/http_server.h"
#include "tests/support/certificates.h"
#include "tests/support/http_exchange.h"
#include "tests/support/snapshots.h"
#include "tests/support/temp_directory.h"

namespace pagefare::test {
namespace {

using namespace std::chrono_literals;
using Use = Certificate::Use;

/// "one", by htpasswd -nbBC 4.
constexpr const char* kAlice =
    "basic_auth_users:\n  alice: $2y$04$0ElDhJD2LYczP19doDCOceFZek05jQokKLjOz8YILh0UX9ApV1grW\n";
constexpr const char* kTls =
    "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

/// What the server says of its files, for a test to wait for.
class Notices {
 public:
  void say(const Result<void>& done) {
    const std::scoped_lock lock(mutex_);
    said_.push_back(done ? "" : done.error().message);
    changed_.notify_all();
  }

  /// The next one; fails when there is none for a long time.
  std::string next() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 30s, [this] { return said_.size() > read_; }));
    return said_.size() > read_ ? said_[read_++] : "no notice";
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> said_;
  std::size_t read_ = 0;
};

class HttpsServerTest : public testing::Test {
 protected:
  void SetUp() override {
    authority.write_certificate(directory.path("ca.crt"));
    server_certificate.write_certificate(directory.path("server.crt"));
    server_certificate.write_key(directory.path("server.key"));
    holder.publish(shared(populated_snapshot()));
  }

  Result<void> start(const std::string& web_config, const std::string& listen = "127.0.0.1:0") {
    const std::string path = write(web_config);
    auto started =
        HttpServer::start({.listen = listen,
                           .web_config = path,
                           .on_web_config = [this](const auto& done) { notices.say(done); },
                           .look_at_files_every = 20ms},
                          holder);
    if (!started) {
      return tl::make_unexpected(started.error());
    }
    server = *std::move(started);
    return {};
  }

  /// Replaced whole, as a careful administrator or a Kubernetes volume does it.
  std::string write(const std::string& web_config) const {
    std::filesystem::rename(directory.write("new.yml", web_config), directory.path("web.yml"));
    return directory.path("web.yml");
  }

  Asking trusting() const { return {.ca_file = directory.path("ca.crt")}; }

  Asking with(const Certificate& shown) const {
    Asking asking = trusting();
    asking.certificate_file = shown.write_certificate(directory.path("client.crt"));
    asking.key_file = shown.write_key(directory.path("client.key"));
    return asking;
  }

  long status(const Asking& asking) const {
    return exchange("GET", server->url() + "metrics", asking).status;
  }

  std::string demanding(const std::string& type) const {
    const bool verifies = type.find("Verify") != std::string::npos;
    return std::string(kTls) + "  client_auth_type: " + type + "\n" +
           (verifies ? "  client_ca_file: ca.crt\n" : "");
  }

  TempDirectory directory;
  Certificate authority{"authority", Use::kAuthority};
  Certificate server_certificate{"server", Use::kServer, &authority};
  Certificate client{"client", Use::kClient, &authority};
  Certificate stranger{"stranger", Use::kClient};
  HandClock clock;
  SnapshotHolder holder{clock};
  Notices notices;
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpsServerTest, ServesMetricsOverTls) {
  ASSERT_TRUE(start(kTls));
  EXPECT_TRUE(server->url().starts_with("https://127.0.0.1:"));
  const Reply reply = exchange("GET", server->url() + "metrics", trusting());
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("\npagefare_periods_total 100\n"), std::string::npos);
}

TEST_F(HttpsServerTest, ServesNothingWithoutTls) {
  ASSERT_TRUE(start(kTls));
  EXPECT_EQ(exchange("GET", "http://" + server->address() + "/metrics").status, 0);
}

TEST_F(HttpsServerTest, ServesALargeTextOverTls) {
  Snapshot snapshot = populated_snapshot();
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    snapshot.rows.push_back(row("/kubepods.slice/pod" + std::to_string(i), i + 1, i));
  }
  holder.publish(shared(std::move(snapshot)));
  ASSERT_TRUE(start(kTls));
  const Reply reply = exchange("GET", server->url() + "metrics", trusting());
  EXPECT_NE(reply.body.find("pagefare_resolve_failures_total 3\n"), std::string::npos);
}

TEST_F(HttpsServerTest, KeepsToTheVersionsThatAreAllowed) {
  ASSERT_TRUE(start(std::string(kTls) + "  min_version: TLS13\n"));
  Asking asking = trusting();
  EXPECT_EQ(status(asking), 200);
  asking.tls_version = CURL_SSLVERSION_MAX_TLSv1_2;
  EXPECT_EQ(status(asking), 0);
}

TEST_F(HttpsServerTest, TakesNobodyWithoutACertificateOfTheAuthorityWhereThatIsRequired) {
  ASSERT_TRUE(start(demanding("RequireAndVerifyClientCert")));
  EXPECT_EQ(status(with(client)), 200);
  EXPECT_EQ(status(with(stranger)), 0);
  EXPECT_EQ(status(trusting()), 0);
}

TEST_F(HttpsServerTest, TakesNoServersCertificateForAClients) {
  ASSERT_TRUE(start(demanding("RequireAndVerifyClientCert")));
  EXPECT_EQ(status(with(server_certificate)), 0);
}

TEST_F(HttpsServerTest, VerifiesACertificateIfOneIsGiven) {
  ASSERT_TRUE(start(demanding("VerifyClientCertIfGiven")));
  EXPECT_EQ(status(with(client)), 200);
  EXPECT_EQ(status(with(stranger)), 0);
  EXPECT_EQ(status(trusting()), 200);
}

TEST_F(HttpsServerTest, TakesAnyCertificateWhereAnyWillDo) {
  ASSERT_TRUE(start(demanding("RequireAnyClientCert")));
  EXPECT_EQ(status(with(stranger)), 200);
  EXPECT_EQ(status(trusting()), 0);
}

TEST_F(HttpsServerTest, AsksForAUserAndAPassword) {
  ASSERT_TRUE(start(kAlice));
  const Reply refused = exchange("GET", server->url() + "status");
  EXPECT_EQ(refused.status, 401);
  EXPECT_NE(refused.headers.find("WWW-Authenticate: Basic realm=\"pagefare\""), std::string::npos)
      << refused.headers;
  EXPECT_EQ(refused.body.find("totals"), std::string::npos);
  EXPECT_EQ(status({.user = "alice:one"}), 200);
  EXPECT_EQ(status({.user = "alice:two"}), 401);
  EXPECT_EQ(status({.user = "bob:one"}), 401);
  EXPECT_EQ(status({.headers = {"Authorization: Basic ????"}}), 401);
  EXPECT_EQ(status({.headers = {"Authorization: Bearer alice"}}), 401);
}

TEST_F(HttpsServerTest, AddsTheHeadersOfTheWebConfig) {
  ASSERT_TRUE(start("http_server_config:\n  headers:\n    X-Frame-Options: deny\n"));
  EXPECT_NE(exchange("GET", server->url()).headers.find("X-Frame-Options: deny"),
            std::string::npos);
}

TEST_F(HttpsServerTest, DoesNotStartWithAWebConfigThatIsNoGood) {
  const auto started = start("basic_auth_users:\n  alice: secret\n");
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("web.yml:2: basic_auth_users.alice: is no bcrypt hash"),
            std::string::npos)
      << started.error().message;
}

TEST_F(HttpsServerTest, TakesUpAChangedWebConfig) {
  ASSERT_TRUE(start(""));
  EXPECT_EQ(status({}), 200);
  write(std::string(kTls) + kAlice);
  EXPECT_EQ(notices.next(), "");
  EXPECT_TRUE(server->url().starts_with("https://"));
  Asking asking = trusting();
  EXPECT_EQ(status(asking), 401);
  asking.user = "alice:one";
  EXPECT_EQ(status(asking), 200);
}

TEST_F(HttpsServerTest, TakesUpARenewedCertificate) {
  ASSERT_TRUE(start(kTls));
  const Certificate other_authority("other authority", Use::kAuthority);
  const Certificate renewed("server", Use::kServer, &other_authority);
  other_authority.write_certificate(directory.path("ca.crt"));
  EXPECT_EQ(status(trusting()), 0);
  renewed.write_key(directory.path("server.key"));
  renewed.write_certificate(directory.path("server.crt"));
  while (notices.next() != "") {
    // between the two files they did not fit together
  }
  EXPECT_EQ(status(trusting()), 200);
}

TEST_F(HttpsServerTest, KeepsTheFormerWebConfigWhenTheNewOneIsNoGood) {
  ASSERT_TRUE(start(kAlice));
  write("basic_auth_users:\n");
  std::filesystem::remove(directory.path("web.yml"));
  const std::string notice = notices.next();
  EXPECT_NE(notice.find("web.yml: No such file or directory"), std::string::npos) << notice;
  EXPECT_EQ(status({}), 401);
  EXPECT_EQ(status({.user = "alice:one"}), 200);
}

TEST_F(HttpsServerTest, DropsNoRequestWhileItChanges) {
  ASSERT_TRUE(start(kAlice));
  for (int i = 0; i < 10; ++i) {
    write(std::string(kAlice) + "# " + std::to_string(i) + "\n");
    for (int k = 0; k < 10; ++k) {
      EXPECT_EQ(status({.user = "alice:one"}), 200);
    }
  }
}

TEST_F(HttpsServerTest, AnswersARequestThatBeganBeforeTheChange) {
  ASSERT_TRUE(start(""));
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::send(fd, "GET /livez HTTP/1.0\r\n", 21, MSG_NOSIGNAL), 21);
  std::this_thread::sleep_for(50ms);  // for it to be taken
  write("http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
  while (exchange("GET", server->url()).headers.find("X-Frame-Options") == std::string::npos) {
    std::this_thread::sleep_for(5ms);
  }
  std::this_thread::sleep_for(100ms);  // for whoever would cut it off
  EXPECT_EQ(::send(fd, "\r\n", 2, MSG_NOSIGNAL), 2);
  std::array<char, 15> begin{};
  EXPECT_EQ(::recv(fd, begin.data(), begin.size(), MSG_WAITALL), 15);
  EXPECT_EQ(std::string(begin.data(), begin.size()), "HTTP/1.1 200 OK");
  ::close(fd);
}

TEST_F(HttpsServerTest, WarnsWhenOthersCanAskWithoutTlsOrPassword) {
  ASSERT_TRUE(start("", "0.0.0.0:0"));
  ASSERT_TRUE(server->exposure());
  EXPECT_NE(server->exposure()->find("without TLS without a password"), std::string::npos)
      << *server->exposure();
  server.reset();
  ASSERT_TRUE(start(kAlice, "0.0.0.0:0"));
  EXPECT_TRUE(server->exposure());
  server.reset();
  ASSERT_TRUE(start(kTls, "0.0.0.0:0"));
  EXPECT_TRUE(server->exposure());
}

TEST_F(HttpsServerTest, DoesNotWarnWhereOnlyThisMachineOrKnownClientsCanAsk) {
  ASSERT_TRUE(start(""));
  EXPECT_FALSE(server->exposure());
  server.reset();
  ASSERT_TRUE(start(std::string(kTls) + kAlice, "0.0.0.0:0"));
  EXPECT_FALSE(server->exposure()) << *server->exposure();
  server.reset();
  ASSERT_TRUE(start(demanding("RequireAndVerifyClientCert"), "0.0.0.0:0"));
  EXPECT_FALSE(server->exposure()) << *server->exposure();
}

}  // namespace
}  // namespace pagefare::test
