// SPDX-License-Identifier: Apache-2.0
// Who may ask and how it is encrypted, in the file format of the Prometheus exporter toolkit
// (github.com/prometheus/exporter-toolkit, docs/web-configuration.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "controller/ports/result.h"

namespace pagefare {

/// What is asked of a client's certificate; the names are the toolkit's (and Go's).
enum class ClientAuth : std::uint8_t {
  kNoClientCert,
  kRequestClientCert,
  kRequireAnyClientCert,
  kVerifyClientCertIfGiven,
  kRequireAndVerifyClientCert,
};

enum class TlsVersion : std::uint8_t { kTls10, kTls11, kTls12, kTls13 };

struct TlsConfig {
  std::string cert_file;       ///< PEM, with the chain; relative to the web config file's directory
  std::string key_file;        ///< the same
  std::string client_ca_file;  ///< empty: clients' certificates are not verified
  ClientAuth client_auth = ClientAuth::kNoClientCert;
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
};

struct WebConfig {
  std::optional<TlsConfig> tls;                ///< nothing: plain HTTP
  std::map<std::string, std::string> headers;  ///< added to every answer
  std::map<std::string, std::string> users;    ///< bcrypt hashes by name; empty: nobody is asked
};

/// An empty text is a config without TLS and users. The error is of the first mistake:
/// "FILENAME:LINE: KEY: what is wrong; remedy". Keys that are not known, or that cannot be obeyed
/// here, are mistakes: what is asked for in vain is no security.
Result<WebConfig> parse_web_config(std::string_view text, const std::string& filename);

}  // namespace pagefare
