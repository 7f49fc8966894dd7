// SPDX-License-Identifier: Apache-2.0
// GET over HTTPS as a service account.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace pagefare {

/// Why a request failed: a short fixed list, a metric label.
enum class ApiFailure : std::uint8_t {
  kUnreachable,  ///< no address, no connection
  kTls,          ///< the certificate is not accepted, or TLS itself failed
  kTimeout,
  kForbidden,  ///< 401, 403
  kGone,       ///< 410: the resource version is too old
  kServer,     ///< 429, 5xx
  kMalformed,  ///< an answer that is not understood
  kOther,
};
inline constexpr std::size_t kApiFailures = 8;
std::string_view name(ApiFailure failure);

struct ApiError {
  ApiFailure cause{};
  std::string message;  ///< names the URL and the remedy
};

template <typename T>
using ApiResult = tl::expected<T, ApiError>;

struct ApiSettings {
  std::string url;         ///< "https://10.0.0.1:443", without a slash at the end
  std::string token_file;  ///< read for every request: tokens are renewed; empty: no token
  std::string ca_file;     ///< certificates to trust; empty: those of the system
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
};

class ApiClient {
 public:
  explicit ApiClient(ApiSettings settings) : settings_(std::move(settings)) {}

  /// The body of a 200 answer. Ends early, with kOther, when a stop is requested.
  ApiResult<std::string> get(const std::string& path, const std::stop_token& stop) const;

  /// Calls `on_line` for each line of a 200 answer as it arrives, until the server ends it,
  /// `on_line` says false, a stop is requested or nothing came for `silence`. The last three are no
  /// errors.
  ApiResult<void> stream(const std::string& path, std::chrono::seconds silence,
                         const std::function<bool(std::string_view)>& on_line,
                         const std::stop_token& stop) const;

  const std::string& url() const { return settings_.url; }

 private:
  ApiSettings settings_;
};

}  // namespace pagefare
