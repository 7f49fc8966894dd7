// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace pagefare {
namespace {

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

constexpr std::size_t kMaxBytes = 64UL * 1024 * 1024;

std::size_t append(char* part, std::size_t one, std::size_t bytes, void* into) {
  auto* body = static_cast<std::string*>(into);
  if (body->size() + bytes > kMaxBytes) {
    return 0;  // makes the transfer fail with CURLE_WRITE_ERROR
  }
  body->append(part, one * bytes);
  return bytes;
}

std::string explain(CURLcode code, const char* detail, std::chrono::milliseconds timeout) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return "nothing answers there; start the daemon or give the address it listens on";
    case CURLE_OPERATION_TIMEDOUT:
      return fmt::format("no answer within {} ms; is the daemon stuck, or is it another program?",
                         timeout.count());
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the host name is unknown; give a numeric address";
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return "not an HTTP address; write http://127.0.0.1:9464/status";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return fmt::format("{}; name the certificate's authority with SSL_CERT_FILE", detail);
    case CURLE_WRITE_ERROR:
      return "the answer is larger than 64 MiB; is it pagefare that answers there?";
    default:
      return fmt::format("{}; is it pagefare that answers there?",
                         *detail != '\0' ? detail : curl_easy_strerror(code));
  }
}

void set_options(CURL* curl, const std::string& url, std::chrono::milliseconds timeout) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
  // A password belongs neither on a command line nor into the environment.
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
  // The variable that OpenSSL knows; the library overrides it with its own default.
  if (const char* const authority = std::getenv("SSL_CERT_FILE"); authority != nullptr) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, authority);
  }
}

}  // namespace

Result<std::string> http_get(const std::string& url, std::chrono::milliseconds timeout) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Curl curl(ready == CURLE_OK ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (curl == nullptr) {
    return fail(url + ": libcurl cannot be started: out of memory");
  }
  std::string body;
  std::array<char, CURL_ERROR_SIZE> detail{};
  set_options(curl.get(), url, timeout);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, detail.data());
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    return fail(url + ": " + explain(code, detail.data(), timeout));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  constexpr long kOk = 200;
  constexpr long kUnauthorized = 401;
  if (status == kUnauthorized) {
    return fail(url + ": answered 401: give the user's name and password in ~/.netrc");
  }
  if (status != kOk) {
    return fail(fmt::format("{}: answered {}: {}", url, status, body.substr(0, body.find('\n'))));
  }
  return body;
}

}  // namespace pagefare
