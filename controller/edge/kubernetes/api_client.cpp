// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/api_client.h"

#include <curl/curl.h>

#include <array>
#include <memory>

#include "controller/edge/text_file.h"

namespace pagefare {
namespace {

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// A node has some hundred pods of some kilobytes; more is not the answer to our question.
constexpr std::size_t kMaxBody = std::size_t{64} << 20;
constexpr std::size_t kMaxLine = std::size_t{4} << 20;
constexpr std::size_t kMaxToken = std::size_t{64} << 10;

/// What arrives: whole for get(), line by line for stream().
struct Receiver {
  CURL* curl = nullptr;
  const std::stop_token* stop = nullptr;
  const std::function<bool(std::string_view)>* on_line = nullptr;
  std::string kept;
  bool too_much = false;
  bool enough = false;

  bool streams() const {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return on_line != nullptr && status == 200;
  }

  bool take(std::string_view part) {
    kept.append(part);
    if (!streams()) return !(too_much = kept.size() > kMaxBody);
    std::size_t begin = 0;
    for (auto end = kept.find('\n'); end != std::string::npos; end = kept.find('\n', begin)) {
      const std::string_view line(kept.data() + begin, end - begin);
      begin = end + 1;
      if (!line.empty() && !(*on_line)(line)) return !(enough = true);
    }
    kept.erase(0, begin);
    return !(too_much = kept.size() > kMaxLine);
  }
};

std::size_t receive(char* part, std::size_t one, std::size_t bytes, void* into) {
  return static_cast<Receiver*>(into)->take({part, one * bytes}) ? bytes : 0;
}

int look_up(void* receiver, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Receiver*>(receiver)->stop->stop_requested() ? 1 : 0;
}

ApiFailure cause_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return ApiFailure::kUnreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return ApiFailure::kTimeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return ApiFailure::kTls;
    default:
      return ApiFailure::kOther;
  }
}

ApiError refused(const std::string& url, long status, std::string_view body) {
  const std::string said = url + ": answered " + std::to_string(status);
  constexpr std::size_t kShown = 200;
  switch (status) {
    case 401:
      return {ApiFailure::kForbidden,
              said + ": the token is not accepted; see [kubernetes] token_file"};
    case 403:
      return {
          ApiFailure::kForbidden,
          said + ": the service account may not; let it list and watch these (deploy/kubernetes)"};
    case 410:
      return {ApiFailure::kGone, said + ": the resource version is too old"};
    default:
      return {status == 429 || status >= 500 ? ApiFailure::kServer : ApiFailure::kOther,
              said + ": " + std::string(body.substr(0, std::min(body.find('\n'), kShown)))};
  }
}

tl::expected<Headers, ApiError> make_headers(const ApiSettings& settings) {
  Headers headers(curl_slist_append(nullptr, "Accept: application/json"), &curl_slist_free_all);
  if (settings.token_file.empty()) return headers;
  auto token = read_text_file(settings.token_file, kMaxToken);
  if (!token) return tl::make_unexpected(ApiError{ApiFailure::kForbidden, token.error().message});
  token->erase(token->find_last_not_of(" \r\n") + 1);
  curl_slist* const longer =
      curl_slist_append(headers.get(), ("Authorization: Bearer " + *token).c_str());
  if (longer == nullptr) {
    return tl::make_unexpected(ApiError{ApiFailure::kOther, settings.url + ": out of memory"});
  }
  return headers;
}

void set_options(CURL* curl, const ApiSettings& settings, const std::string& url,
                 Receiver& receiver) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  if (!settings.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &look_up);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &receiver);
}

ApiResult<void> perform(CURL* curl, const std::string& url, Receiver& receiver) {
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  const CURLcode code = curl_easy_perform(curl);
  if (receiver.enough) return {};
  if (receiver.too_much) {
    return tl::make_unexpected(
        ApiError{ApiFailure::kMalformed,
                 url + ": the answer is too large; is it an API server that answers?"});
  }
  if (code != CURLE_OK) {
    const std::string why = detail[0] != '\0' ? detail.data() : curl_easy_strerror(code);
    return tl::make_unexpected(ApiError{cause_of(code), url + ": " + why});
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return tl::make_unexpected(refused(url, status, receiver.kept));
  return {};
}

/// One request, with what it needs for as long as it lasts.
struct Request {
  Curl curl{nullptr, &curl_easy_cleanup};
  Headers headers{nullptr, &curl_slist_free_all};
  Receiver receiver;
};

/// Precondition: the request stays where it is from now on.
ApiResult<void> prepare(Request& request, const ApiSettings& settings, const std::string& url,
                        const std::stop_token& stop) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready == CURLE_OK) request.curl.reset(curl_easy_init());
  if (request.curl == nullptr) {
    return tl::make_unexpected(ApiError{ApiFailure::kOther, url + ": libcurl cannot be started"});
  }
  auto headers = make_headers(settings);
  if (!headers) return tl::make_unexpected(headers.error());
  request.headers = *std::move(headers);
  request.receiver.curl = request.curl.get();
  request.receiver.stop = &stop;
  set_options(request.curl.get(), settings, url, request.receiver);
  curl_easy_setopt(request.curl.get(), CURLOPT_HTTPHEADER, request.headers.get());
  return {};
}

}  // namespace

std::string_view name(ApiFailure failure) {
  constexpr std::array<std::string_view, kApiFailures> kNames = {
      "unreachable", "tls", "timeout", "forbidden", "gone", "server", "malformed", "other"};
  return kNames[static_cast<std::size_t>(failure)];
}

ApiResult<std::string> ApiClient::get(const std::string& path, const std::stop_token& stop) const {
  const std::string url = settings_.url + path;
  Request request;
  auto done = prepare(request, settings_, url, stop);
  if (!done) return tl::make_unexpected(done.error());
  CURL* const curl = request.curl.get();
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  done = perform(curl, url, request.receiver);
  if (!done) return tl::make_unexpected(done.error());
  return std::move(request.receiver.kept);
}

ApiResult<void> ApiClient::stream(const std::string& path, std::chrono::seconds silence,
                                  const std::function<bool(std::string_view)>& on_line,
                                  const std::stop_token& stop) const {
  const std::string url = settings_.url + path;
  Request request;
  auto done = prepare(request, settings_, url, stop);
  if (!done) return done;
  CURL* const curl = request.curl.get();
  request.receiver.on_line = &on_line;
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(silence.count()));
  done = perform(curl, url, request.receiver);
  const bool quiet =
      !done && done.error().cause == ApiFailure::kTimeout && request.receiver.streams();
  if (quiet || stop.stop_requested()) return {};
  return done;
}

}  // namespace pagefare
