// SPDX-License-Identifier: Apache-2.0
// HTTP requests of any method over a real socket, with everything that came back.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

namespace pagefare::test {

struct Reply {
  long status = 0;  ///< 0: no answer
  std::string headers;
  std::string body;
};

inline std::size_t append_part(char* part, std::size_t one, std::size_t bytes, void* into) {
  static_cast<std::string*>(into)->append(part, one * bytes);
  return bytes;
}

/// A request beyond method and address: what a test sets of it.
struct Asking {
  std::vector<std::string> headers;  ///< "Name: value"
  std::string body;
  std::string user;  ///< "name:password"
  std::string ca_file;
  std::string certificate_file;  ///< of the client, with key_file
  std::string key_file;
  long tls_version = 0;  ///< CURL_SSLVERSION_...; 0: any
};

inline void ask_by_tls(CURL* curl, const Asking& asking) {
  if (!asking.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, asking.ca_file.c_str());
  }
  if (!asking.certificate_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, asking.certificate_file.c_str());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, asking.key_file.c_str());
  }
  if (asking.tls_version != 0) {
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, asking.tls_version);
  }
}

inline Reply exchange(const std::string& method, const std::string& url, const Asking& asking);

inline Reply exchange(const std::string& method, const std::string& url,
                      const std::string& body = "") {
  return exchange(method, url, Asking{.body = body});
}

inline Reply exchange(const std::string& method, const std::string& url, const Asking& asking) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  Reply reply;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 30'000L);
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOBODY, method == "HEAD" ? 1L : 0L);
  if (!asking.body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, asking.body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(asking.body.size()));
  }
  if (!asking.user.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_USERPWD, asking.user.c_str());
  }
  ask_by_tls(curl.get(), asking);
  curl_slist* list = nullptr;
  for (const std::string& header : asking.headers) {
    list = curl_slist_append(list, header.c_str());
  }
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list,
                                                                            &curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append_part);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &append_part);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &reply.headers);
  if (curl_easy_perform(curl.get()) == CURLE_OK) {
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  }
  return reply;
}

}  // namespace pagefare::test
