// SPDX-License-Identifier: Apache-2.0
#include "exporter/web_security.h"

#include <fmt/format.h>
#include <gnutls/gnutls.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

namespace pagefare {
namespace {

/// Nobody's certificate chain is larger; a device file would never end.
constexpr std::size_t kMaxBytes = 1024UL * 1024;

struct FreeCredentials {
  void operator()(gnutls_certificate_credentials_t credentials) const {
    gnutls_certificate_free_credentials(credentials);
  }
};
using Credentials = std::unique_ptr<gnutls_certificate_credentials_st, FreeCredentials>;

Result<std::string> read_whole(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof()) {
    return fail(fmt::format("{}: {}; name a file that pagefare may read", path,
                            std::generic_category().message(errno == 0 ? EIO : errno)));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBytes) {
    return fail(fmt::format("{}: larger than 1 MiB; name the right file", path));
  }
  return text;
}

gnutls_datum_t datum(std::string& text) {
  return {reinterpret_cast<unsigned char*>(text.data()), static_cast<unsigned>(text.size())};
}

Credentials make_credentials() {
  gnutls_certificate_credentials_t made = nullptr;
  return Credentials(gnutls_certificate_allocate_credentials(&made) == GNUTLS_E_SUCCESS ? made
                                                                                        : nullptr);
}

Result<void> prove_pair(WebSecurity& security) {
  const Credentials credentials = make_credentials();
  const gnutls_datum_t certificate = datum(security.certificate);
  const gnutls_datum_t key = datum(security.key);
  const int code = credentials == nullptr
                       ? GNUTLS_E_MEMORY_ERROR
                       : gnutls_certificate_set_x509_key_mem(credentials.get(), &certificate, &key,
                                                             GNUTLS_X509_FMT_PEM);
  if (code < 0) {
    return fail(fmt::format(
        "{} and {}: {}; give the PEM files of a certificate and of its own, unencrypted key",
        security.config.tls->cert_file, security.config.tls->key_file, gnutls_strerror(code)));
  }
  return {};
}

Result<void> prove_authority(WebSecurity& security) {
  if (security.client_ca.empty()) {
    return {};
  }
  const Credentials credentials = make_credentials();
  const gnutls_datum_t authority = datum(security.client_ca);
  const int certificates = credentials == nullptr
                               ? GNUTLS_E_MEMORY_ERROR
                               : gnutls_certificate_set_x509_trust_mem(
                                     credentials.get(), &authority, GNUTLS_X509_FMT_PEM);
  if (certificates <= 0) {
    return fail(
        fmt::format("{}: {}; give the PEM file of the authority's certificate",
                    security.config.tls->client_ca_file,
                    certificates == 0 ? "holds no certificate" : gnutls_strerror(certificates)));
  }
  return {};
}

/// Makes names relative to the web config file absolute, and reads the files.
Result<void> read_tls(WebSecurity& security, const std::string& config_path,
                      std::vector<std::string>& files) {
  TlsConfig& tls = *security.config.tls;
  const std::filesystem::path directory = std::filesystem::path(config_path).parent_path();
  const auto read = [&](std::string& name, std::string& into) -> Result<void> {
    if (name.empty()) {
      return {};
    }
    name = (directory / name).string();
    files.push_back(name);
    auto text = read_whole(name);
    if (!text) {
      return tl::make_unexpected(text.error());
    }
    into = *std::move(text);
    return {};
  };
  if (auto done = read(tls.cert_file, security.certificate); !done) return done;
  if (auto done = read(tls.key_file, security.key); !done) return done;
  if (auto done = read(tls.client_ca_file, security.client_ca); !done) return done;
  if (auto proven = prove_pair(security); !proven) return proven;
  return prove_authority(security);
}

}  // namespace

Result<WebSecurity> load_web_security(const std::string& path, std::vector<std::string>& files) {
  files.clear();
  WebSecurity security;
  if (path.empty()) {
    return security;
  }
  files.push_back(path);
  const auto text = read_whole(path);
  if (!text) {
    return fail("web_config", text.error());
  }
  auto config = parse_web_config(*text, path);
  if (!config) {
    return fail("web_config", config.error());
  }
  security.config = *std::move(config);
  if (security.config.tls) {
    if (const auto read = read_tls(security, path, files); !read) {
      return fail("web_config", read.error());
    }
  }
  return security;
}

std::vector<FileStamp> stamps_of(const std::vector<std::string>& files) {
  std::vector<FileStamp> stamps;
  stamps.reserve(files.size());
  for (const std::string& file : files) {
    struct stat status{};
    const bool there = ::stat(file.c_str(), &status) == 0;
    stamps.push_back(there ? FileStamp{static_cast<std::int64_t>(status.st_dev),
                                       static_cast<std::int64_t>(status.st_ino), status.st_size,
                                       status.st_mtim.tv_sec, status.st_mtim.tv_nsec}
                           : FileStamp{});
  }
  return stamps;
}

std::string tls_priorities(const TlsConfig& tls) {
  std::string text = "NORMAL:-VERS-ALL";
  for (auto version = static_cast<unsigned>(tls.min_version);
       version <= static_cast<unsigned>(tls.max_version); ++version) {
    text += fmt::format(":+VERS-TLS1.{}", version);
  }
  return text;
}

}  // namespace pagefare
