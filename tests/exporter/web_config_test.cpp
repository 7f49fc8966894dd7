// SPDX-License-Identifier: Apache-2.0
#include "exporter/web_config.h"

#include <gtest/gtest.h>

#include <string>

namespace pagefare::test {
namespace {

constexpr const char* kHash = "$2y$04$qGYXOmPDWk8ZuLCfMHlNuuCJd5bqQFYh2TzYwPgR1rN7b5fQ0yTjK";

Result<WebConfig> parse(const std::string& text) {
  return parse_web_config(text, "web.yml");
}

TEST(WebConfig, AsksForNothingWhenItIsEmpty) {
  for (const char* text : {"", "# nothing\n", "http_server_config:\nbasic_auth_users:\n"}) {
    const auto config = parse(text);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_FALSE(config->tls);
    EXPECT_TRUE(config->users.empty());
    EXPECT_TRUE(config->headers.empty());
  }
}

TEST(WebConfig, ReadsAFileOfTheExporterToolkit) {
  const auto config = parse(std::string("tls_server_config:\n"
                                        "  cert_file: server.crt\n"
                                        "  key_file: /etc/keys/server.key\n"
                                        "  client_auth_type: RequireAndVerifyClientCert\n"
                                        "  client_ca_file: ca.crt\n"
                                        "  min_version: TLS13\n"
                                        "  max_version: TLS13\n"
                                        "  prefer_server_cipher_suites: true\n"
                                        "http_server_config:\n"
                                        "  http2: true\n"
                                        "  headers:\n"
                                        "    Strict-Transport-Security: max-age=31536000\n"
                                        "    X-Frame-Options: deny\n"
                                        "basic_auth_users:\n"
                                        "  alice: ") +
                            kHash + "\n  bob: " + kHash + "\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_TRUE(config->tls);
  EXPECT_EQ(config->tls->cert_file, "server.crt");
  EXPECT_EQ(config->tls->key_file, "/etc/keys/server.key");
  EXPECT_EQ(config->tls->client_ca_file, "ca.crt");
  EXPECT_EQ(config->tls->client_auth, ClientAuth::kRequireAndVerifyClientCert);
  EXPECT_EQ(config->tls->min_version, TlsVersion::kTls13);
  EXPECT_EQ(config->tls->max_version, TlsVersion::kTls13);
  EXPECT_EQ(config->headers.at("X-Frame-Options"), "deny");
  EXPECT_EQ(config->headers.at("Strict-Transport-Security"), "max-age=31536000");
  EXPECT_EQ(config->users.size(), 2U);
  EXPECT_EQ(config->users.at("bob"), kHash);
}

TEST(WebConfig, AllowsTls12AndTls13UnlessToldOtherwise) {
  const auto config = parse("tls_server_config: {cert_file: a, key_file: b}\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->tls->min_version, TlsVersion::kTls12);
  EXPECT_EQ(config->tls->max_version, TlsVersion::kTls13);
  EXPECT_EQ(config->tls->client_auth, ClientAuth::kNoClientCert);
}

struct Mistake {
  const char* text;
  const char* complaint;
};

class RefusedWebConfig : public testing::TestWithParam<Mistake> {};

TEST_P(RefusedWebConfig, NamesFileLineKeyAndRemedy) {
  const auto config = parse(GetParam().text);
  ASSERT_FALSE(config) << GetParam().text;
  EXPECT_TRUE(config.error().message.starts_with(GetParam().complaint)) << config.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedWebConfig,
    testing::Values(
        Mistake{"tls: 1\n", "web.yml:1: tls: there is no such key; there are tls_server_config, "},
        Mistake{"- a\n", "web.yml:1: is no mapping; write"},
        Mistake{"basic_auth_users: [a]\n", "web.yml:1: basic_auth_users: is no mapping; write"},
        Mistake{"\n\nbasic_auth_users:\n  bob: secret\n",
                "web.yml:4: basic_auth_users.bob: is no bcrypt hash; make one with"},
        Mistake{"basic_auth_users:\n  bob:\n", "web.yml:2: basic_auth_users.bob: is no bcrypt"},
        Mistake{"basic_auth_users:\n  bob: "
                "$2y$31$qGYXOmPDWk8ZuLCfMHlNuuCJd5bqQFYh2TzYwPgR1rN7b5fQ0yTjK\n",
                "web.yml:2: basic_auth_users.bob: is a bcrypt hash of cost 31; make one of 4"},
        Mistake{"basic_auth_users:\n  bob: "
                "$1$y$31$qGYXOmPDWk8ZuLCfMHlNuuCJd5bqQFYh2TzYwPgR1rN7b5fQ0yTj\n",
                "web.yml:2: basic_auth_users.bob: is no bcrypt hash"},
        Mistake{"tls_server_config:\n", "web.yml:1: tls_server_config: cert_file is missing"},
        Mistake{"tls_server_config:\n  cert_file: a\n",
                "web.yml:1: tls_server_config: key_file is missing; name the PEM file"},
        Mistake{"tls_server_config:\n  cert_file: [a]\n",
                "web.yml:2: tls_server_config.cert_file: is no text"},
        Mistake{"tls_server_config:\n  min_version: SSL3\n",
                "web.yml:2: tls_server_config.min_version: is \"SSL3\"; write one of TLS10, TLS11"},
        Mistake{"tls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS13\n"
                "  max_version: TLS12\n",
                "web.yml:1: tls_server_config: min_version is above max_version"},
        Mistake{"tls_server_config:\n  client_auth_type: require\n",
                "web.yml:2: tls_server_config.client_auth_type: is \"require\"; write one of"},
        Mistake{"tls_server_config:\n  cert_file: a\n  key_file: b\n"
                "  client_auth_type: RequireAndVerifyClientCert\n",
                "web.yml:1: tls_server_config: client_auth_type asks for verified certificates but "
                "client_ca_file is missing"},
        Mistake{"tls_server_config:\n  cert_file: a\n  key_file: b\n  client_ca_file: c\n",
                "web.yml:1: tls_server_config: client_ca_file has no effect without"},
        Mistake{"tls_server_config:\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n",
                "web.yml:2: tls_server_config.cipher_suites: cannot be chosen here"},
        Mistake{"tls_server_config:\n  client_allowed_sans: [a]\n",
                "web.yml:2: tls_server_config.client_allowed_sans: is not supported"},
        Mistake{"tls_server_config:\n  key: x\n",
                "web.yml:2: tls_server_config.key: is not read from this file"},
        Mistake{"http_server_config:\n  headers:\n    Server: x\n",
                "web.yml:3: http_server_config.headers.Server: is no header that may be set"},
        Mistake{"http_server_config:\n  headers:\n    X-Frame-Options: \"a\\r\\nSet-Cookie: b\"\n",
                "web.yml:3: http_server_config.headers.X-Frame-Options: is no text of one line"},
        Mistake{"http_server_config:\n  rate_limit: 1\n",
                "web.yml:2: http_server_config.rate_limit: there is no such key"},
        Mistake{"a: b: c\n", "web.yml:1: "}, Mistake{"a: [\n", "web.yml:2: "},
        Mistake{"*a\n", "web.yml:1: "}));

}  // namespace
}  // namespace pagefare::test
