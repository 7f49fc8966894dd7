// SPDX-License-Identifier: Apache-2.0
// The running daemon under a web config.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "tests/e2e/daemon_process.h"
#include "tests/support/certificates.h"

namespace pagefare::e2e {
namespace {

using test::Asking;
using test::Certificate;

/// The password is "one".
constexpr const char* kUsers =
    "basic_auth_users:\n  prometheus: "
    "$2y$04$0ElDhJD2LYczP19doDCOceFZek05jQokKLjOz8YILh0UX9ApV1grW\n";

class WebConfigOfTheDaemon : public WithDaemon {
 protected:
  TempDirectory files;
};

TEST_F(WebConfigOfTheDaemon, DecidesWhoIsAnsweredAndMayChange) {
  const std::string path = files.write("web.yml", kUsers);
  const auto daemon = start({.arguments = {"--web-config", path}});
  ASSERT_TRUE(daemon->serves()) << daemon->err();
  EXPECT_EQ(daemon->get("/metrics").status, 401);
  EXPECT_EQ(
      test::exchange("GET", daemon->url() + "/metrics", Asking{.user = "prometheus:one"}).status,
      200);
  files.write("web.yml", "basic_auth_users:\n  prometheus: secret\n");
  EXPECT_TRUE(eventually(
      [&] { return daemon->err().find("web configuration kept as it was") != std::string::npos; }));
  EXPECT_EQ(daemon->get("/metrics").status, 401);
  files.write("web.yml", "");
  EXPECT_TRUE(eventually([&] { return daemon->get("/metrics").status == 200; }));
  EXPECT_EQ(daemon->stop().code, 0);
}

TEST_F(WebConfigOfTheDaemon, ServesOverTls) {
  const Certificate server("server", Certificate::Use::kServer);
  server.write_certificate(files.path("server.crt"));
  server.write_key(files.path("server.key"));
  const std::string path = files.write(
      "web.yml", "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n");
  const auto daemon = start({.config = "web_config = '" + path + "'\n"});
  ASSERT_TRUE(daemon->serves()) << daemon->err();
  ASSERT_TRUE(daemon->url().starts_with("https://")) << daemon->url();
  EXPECT_EQ(
      test::exchange("GET", daemon->url() + "/metrics", Asking{.ca_file = files.path("server.crt")})
          .status,
      200);
}

TEST_F(WebConfigOfTheDaemon, LetsStatusInWithAnAuthorityAndAPassword) {
  const Certificate server("server", Certificate::Use::kServer);
  const std::string authority = server.write_certificate(files.path("server.crt"));
  server.write_key(files.path("server.key"));
  const std::string path =
      files.write("web.yml", std::string("tls_server_config:\n  cert_file: server.crt\n"
                                         "  key_file: server.key\n") +
                                 kUsers);
  files.write(".netrc", "machine 127.0.0.1 login prometheus password one\n");
  const auto daemon = start({.arguments = {"--web-config", path}});
  ASSERT_TRUE(daemon->serves()) << daemon->err();
  const auto status = [&](std::map<std::string, std::string> environment) {
    return run_pagefare(
        {.arguments = {"status", "--url", daemon->url()}, .environment = std::move(environment)});
  };
  EXPECT_EQ(status({{"SSL_CERT_FILE", authority}, {"HOME", files.path()}}).code, 0);
  const Ended stranger = status({{"HOME", files.path()}});
  EXPECT_NE(stranger.code, 0);
  EXPECT_NE(stranger.err.find("SSL_CERT_FILE"), std::string::npos) << stranger.err;
  const Ended nobody = status({{"SSL_CERT_FILE", authority}, {"HOME", "/nonexistent"}});
  EXPECT_NE(nobody.code, 0);
  EXPECT_NE(nobody.err.find("answered 401: give the user's name and password in ~/.netrc"),
            std::string::npos)
      << nobody.err;
}

TEST_F(WebConfigOfTheDaemon, KeepsItFromStartingWhenItIsNoGood) {
  const std::string path = files.write("web.yml", "basic_auth_users:\n  prometheus: secret\n");
  DaemonProcess daemon({.arguments = {"--web-config", path}});
  EXPECT_FALSE(daemon.serves());
  EXPECT_NE(daemon.err().find("web.yml:2: basic_auth_users.prometheus: is no bcrypt hash"),
            std::string::npos)
      << daemon.err();
}

TEST_F(WebConfigOfTheDaemon, IsAskedForWhereOthersCanConnect) {
  const auto daemon = start({.listen = "0.0.0.0:0"});
  ASSERT_TRUE(daemon->serves()) << daemon->err();
  EXPECT_TRUE(eventually([&] {
    return daemon->err().find(
               "can be reached from other machines without TLS without a password") !=
           std::string::npos;
  })) << daemon->err();
}

}  // namespace
}  // namespace pagefare::e2e
