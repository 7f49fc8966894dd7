// SPDX-License-Identifier: Apache-2.0
#include "exporter/web_security.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/temp_directory.h"

namespace pagefare::test {
namespace {

class WebSecurityTest : public testing::Test {
 protected:
  std::string config(const std::string& more = "") const {
    return directory.write(
        "web.yml", "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n" + more);
  }

  void write_pair() const {
    server.write_certificate(directory.path("server.crt"));
    server.write_key(directory.path("server.key"));
  }

  std::string complaint(const std::string& path) {
    const auto loaded = load_web_security(path, files);
    return loaded ? "nothing" : loaded.error().message;
  }

  TempDirectory directory;
  Certificate server{"server", Certificate::Use::kServer};
  std::vector<std::string> files;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(WebSecurityTest, IsNoneWithoutAFile) {
  const auto loaded = load_web_security("", files);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_FALSE(loaded->config.tls);
  EXPECT_TRUE(files.empty());
}

TEST_F(WebSecurityTest, FindsFilesBesideTheWebConfig) {
  write_pair();
  const auto loaded = load_web_security(config(), files);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(has(loaded->certificate, "BEGIN CERTIFICATE"));
  EXPECT_TRUE(has(loaded->key, "PRIVATE KEY"));
  EXPECT_EQ(files, (std::vector{directory.path("web.yml"), directory.path("server.crt"),
                                directory.path("server.key")}));
}

TEST_F(WebSecurityTest, NamesTheFileThatIsMissing) {
  EXPECT_TRUE(has(complaint(directory.path("none.yml")), "none.yml: No such file or directory"));
  EXPECT_TRUE(has(complaint(config()), "server.crt: No such file or directory; name a file"));
  EXPECT_EQ(files.size(), 2U) << "the missing file is one to wait for";
}

TEST_F(WebSecurityTest, RefusesAKeyOfAnotherCertificate) {
  write_pair();
  Certificate("other", Certificate::Use::kServer).write_key(directory.path("server.key"));
  const std::string text = complaint(config());
  EXPECT_TRUE(has(text, "server.crt and ")) << text;
  EXPECT_TRUE(has(text, "server.key: ")) << text;
  EXPECT_TRUE(has(text, "of its own, unencrypted key")) << text;
}

TEST_F(WebSecurityTest, RefusesWhatIsNoCertificate) {
  write_pair();
  directory.write("server.crt", "hello\n");
  EXPECT_TRUE(has(complaint(config()), "give the PEM files of a certificate"));
}

TEST_F(WebSecurityTest, RefusesAnAuthorityWithoutCertificates) {
  write_pair();
  directory.write("ca.crt", "");
  directory.write("ca.crt", "hello\n");
  const std::string path =
      config("  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n");
  EXPECT_TRUE(has(complaint(path), "ca.crt: ")) << complaint(path);
  EXPECT_TRUE(has(complaint(path), "give the PEM file of the authority's certificate"));
}

TEST_F(WebSecurityTest, RefusesADirectoryAndAnEndlessFile) {
  write_pair();
  EXPECT_TRUE(has(complaint(directory.path()), directory.path()));
  EXPECT_TRUE(has(complaint("/dev/zero"), "larger than 1 MiB"));
}

TEST(FileStamps, ChangeWhenAFileIsWrittenReplacedOrRemoved) {
  const TempDirectory directory;
  const std::vector<std::string> file{directory.write("a", "1")};
  std::vector<FileStamp> last = stamps_of(file);
  const auto changed = [&] {
    const auto now = stamps_of(file);
    const bool differs = now != last;
    last = now;
    return differs;
  };
  EXPECT_FALSE(changed());
  directory.write("a", "22");
  EXPECT_TRUE(changed());
  std::filesystem::rename(directory.write("b", "33"), file[0]);
  EXPECT_TRUE(changed());
  std::filesystem::remove(file[0]);
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed());
}

TEST(TlsPriorities, NameEveryVersionThatIsAllowed) {
  TlsConfig tls;
  EXPECT_EQ(tls_priorities(tls), "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3");
  tls.min_version = TlsVersion::kTls13;
  EXPECT_EQ(tls_priorities(tls), "NORMAL:-VERS-ALL:+VERS-TLS1.3");
}

}  // namespace
}  // namespace pagefare::test
