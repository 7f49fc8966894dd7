// SPDX-License-Identifier: Apache-2.0
// A web config file with the files that it names, read and proven to fit together.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "controller/ports/result.h"
#include "exporter/web_config.h"

namespace pagefare {

/// Changes when one of the files is written, replaced or removed.
using FileStamp = std::array<std::int64_t, 5>;

struct WebSecurity {
  WebConfig config;
  std::string certificate;  ///< PEM, as the others; empty without TLS
  std::string key;
  std::string client_ca;  ///< empty without one
};

/// Error: the file, its line and key, or the PEM file that is no good, and the remedy. An empty
/// path is no security at all. `files` becomes the files that were looked for, after an error too:
/// when one of them changes it is time to try again.
Result<WebSecurity> load_web_security(const std::string& path, std::vector<std::string>& files);

/// Files that are not there have a stamp too.
std::vector<FileStamp> stamps_of(const std::vector<std::string>& files);

/// GnuTLS's text for the protocol versions that are allowed.
std::string tls_priorities(const TlsConfig& tls);

}  // namespace pagefare
