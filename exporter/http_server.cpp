// SPDX-License-Identifier: Apache-2.0
#include "exporter/http_server.h"

#include <fmt/format.h>
#include <microhttpd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string_view>
#include <utility>

#include "exporter/connection_limits.h"
#include "exporter/listen_socket.h"
#include "exporter/pages.h"

namespace pagefare {
namespace {

// A scrape of thousands of cgroups builds strings on the heap; the stack holds call frames alone.
constexpr std::size_t kStackBytes = 256UL * 1024;
constexpr unsigned kIdleSeconds = 5;
constexpr std::chrono::seconds kLifetime{10};  // of a connection, which carries one request
// What comes from one address may be a proxy, and 50 at a time are no attack.
constexpr unsigned kConnections = 128;
constexpr unsigned kConnectionsPerAddress = 64;
constexpr std::size_t kConnectionBytes = 16UL * 1024;
constexpr std::chrono::seconds kStopPatience{2};

using Response = std::unique_ptr<MHD_Response, decltype(&MHD_destroy_response)>;

// Frees the page once the library has sent it.
void drop_page(void* page) {
  delete static_cast<Page*>(page);
}

void add_headers(MHD_Response* response, const Page& page) {
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                          std::string(page.content_type).c_str());
  MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding");
  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  // One request per connection: then a limit on connections is a limit on requests.
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  if (page.gzip) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
  }
  if (page.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  }
}

MHD_Result send(MHD_Connection* connection, Page page) {
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
  add_headers(response.get(), *kept);
  return MHD_queue_response(connection, kept->status, response.get());
}

std::string_view header(MHD_Connection* connection, const char* name) {
  const char* const value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

}  // namespace

class HttpServer::Serving {
 public:
  Serving(ListenSocket socket, const SnapshotHolder& holder, std::uint32_t ready_completeness_ppm)
      : socket_(std::move(socket)), site_(holder, ready_completeness_ppm) {}
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  ~Serving() {
    if (daemon_ == nullptr) {
      return;
    }
    MHD_quiesce_daemon(daemon_);
    {
      std::unique_lock lock(mutex_);
      idle_.wait_for(lock, kStopPatience, [this] { return under_way_ == 0; });
    }
    MHD_stop_daemon(daemon_);
  }

  bool start(unsigned threads) {
    daemon_ = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, nullptr, nullptr, &on_request, this,
        MHD_OPTION_LISTEN_SOCKET, socket_.fd(), MHD_OPTION_THREAD_POOL_SIZE, std::max(threads, 2U),
        MHD_OPTION_THREAD_STACK_SIZE, kStackBytes, MHD_OPTION_CONNECTION_TIMEOUT, kIdleSeconds,
        MHD_OPTION_CONNECTION_LIMIT, kConnections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        kConnectionsPerAddress, MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes,
        MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this, MHD_OPTION_NOTIFY_CONNECTION,
        &on_connection, this, MHD_OPTION_END);
    return daemon_ != nullptr;
  }

  const ListenSocket& socket() const { return socket_; }

 private:
  // Called once with *seen null when the headers are there, then once per part of a body.
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* path,
                               const char* method, const char* /*version*/, const char* /*body*/,
                               std::size_t* body_bytes, void** seen) {
    auto* serving = static_cast<Serving*>(self);
    if (*seen == nullptr) {
      *seen = serving;
      serving->begin_request();
      return MHD_YES;
    }
    if (*body_bytes != 0) {
      *body_bytes = 0;  // nobody wants it; the answer comes at its end
      return MHD_YES;
    }
    return serving->reply(connection, method, path);
  }

  static void on_completed(void* self, MHD_Connection* /*connection*/, void** seen,
                           MHD_RequestTerminationCode /*how*/) {
    if (*seen != nullptr) {
      static_cast<Serving*>(self)->end_request();
    }
  }

  static void on_connection(void* self, MHD_Connection* connection, void** /*unused*/,
                            MHD_ConnectionNotificationCode what) {
    ConnectionLimits& limits = static_cast<Serving*>(self)->limits_;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
      limits.ended(connection);
      return;
    }
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != nullptr) {
      limits.began(connection, info->connect_fd);
    }
  }

  MHD_Result reply(MHD_Connection* connection, const char* method, const char* path) {
    try {
      return send(
          connection,
          site_.answer({.method = method,
                        .path = path,
                        .accept = header(connection, MHD_HTTP_HEADER_ACCEPT),
                        .accept_encoding = header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING)}));
    } catch (const std::exception&) {
      return MHD_NO;  // out of memory: the connection is closed, the next scrape may do better
    }
  }

  void begin_request() {
    const std::scoped_lock lock(mutex_);
    ++under_way_;
  }

  void end_request() {
    const std::scoped_lock lock(mutex_);
    --under_way_;
    idle_.notify_all();
  }

  ListenSocket socket_;
  Site site_;
  ConnectionLimits limits_{kLifetime};
  std::mutex mutex_;
  std::condition_variable idle_;
  unsigned under_way_ = 0;
  MHD_Daemon* daemon_ = nullptr;
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpSettings& settings,
                                                      const SnapshotHolder& holder) {
  Result<ListenSocket> socket = ListenSocket::open(settings.listen);
  if (!socket) {
    return tl::make_unexpected(std::move(socket.error()));
  }
  auto serving =
      std::make_unique<Serving>(*std::move(socket), holder, settings.ready_completeness_ppm);
  if (!serving->start(settings.threads)) {
    return fail(fmt::format(
        "listen on {}: the HTTP threads cannot be started; raise the limits on threads and memory",
        settings.listen));
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(serving)));
}

HttpServer::HttpServer(std::unique_ptr<Serving> serving) : serving_(std::move(serving)) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
  return serving_->socket().port();
}

const std::string& HttpServer::address() const {
  return serving_->socket().address();
}

}  // namespace pagefare
