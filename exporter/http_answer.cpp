// SPDX-License-Identifier: Apache-2.0
#include "exporter/http_answer.h"

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pagefare {
namespace {

using Response = std::unique_ptr<MHD_Response, decltype(&MHD_destroy_response)>;

struct Freed {
  void operator()(char* text) const { MHD_free(text); }
};
using LibraryText = std::unique_ptr<char, Freed>;

constexpr const char* kRealm = "pagefare";

// Frees the page once the library has sent it.
void drop_page(void* page) {
  delete static_cast<Page*>(page);
}

void add_headers(MHD_Response* response, const Page& page, const WebConfig& config) {
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                          std::string(page.content_type).c_str());
  MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding");
  if (!config.headers.contains("X-Content-Type-Options")) {
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  }
  if (!page.security_policy.empty() && !config.headers.contains("Content-Security-Policy")) {
    MHD_add_response_header(response, "Content-Security-Policy",
                            std::string(page.security_policy).c_str());
  }
  for (const auto& [name, value] : config.headers) {
    MHD_add_response_header(response, name.c_str(), value.c_str());
  }
  // One request per connection: then a limit on connections is a limit on requests.
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  if (page.gzip) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
  }
  if (page.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  }
}

MHD_Result send(MHD_Connection* connection, Page page, const WebConfig& config) {
  auto* const kept = new Page(std::move(page));  // the response's from here on: drop_page()
  const std::string& text = kept->text();
  // The library only reads what it sends, but its type does not say so.
  const Response response(MHD_create_response_from_buffer_with_free_callback_cls(
                              text.size(), const_cast<char*>(text.data()), &drop_page, kept),
                          &MHD_destroy_response);
  if (response == nullptr) {
    drop_page(kept);
    return MHD_NO;
  }
  add_headers(response.get(), *kept, config);
  return kept->status == MHD_HTTP_UNAUTHORIZED
             ? MHD_queue_basic_auth_fail_response(connection, kRealm, response.get())
             : MHD_queue_response(connection, kept->status, response.get());
}

std::string_view header(MHD_Connection* connection, const char* name) {
  const char* const value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

bool is_admitted(MHD_Connection* connection, PasswordCheck& passwords) {
  if (!passwords.is_asked_for()) {
    return true;
  }
  char* password = nullptr;
  const LibraryText user(MHD_basic_auth_get_username_password(connection, &password));
  const LibraryText owned(password);
  return user != nullptr && password != nullptr && passwords.admits(user.get(), password);
}

Page make_page(MHD_Connection* connection, const char* method, const char* path, Site& site,
               PasswordCheck& passwords) {
  if (!is_admitted(connection, passwords)) {
    return {.status = MHD_HTTP_UNAUTHORIZED,
            .content_type = "text/plain; charset=utf-8",
            .body = "a user's name and password are needed; web_config names the users\n"};
  }
  return site.answer({.method = method,
                      .path = path,
                      .accept = header(connection, MHD_HTTP_HEADER_ACCEPT),
                      .accept_encoding = header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING)});
}

}  // namespace

MHD_Result answer_request(MHD_Connection* connection, const char* method, const char* path,
                          Site& site, PasswordCheck& passwords, const WebConfig& config) {
  try {
    return send(connection, make_page(connection, method, path, site, passwords), config);
  } catch (const std::exception&) {
    return MHD_NO;  // out of memory: the connection is closed, the next scrape may do better
  }
}

}  // namespace pagefare
