// SPDX-License-Identifier: Apache-2.0
#include "exporter/http_daemon.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exporter/client_certificates.h"
#include "exporter/http_answer.h"

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
/// A thread may be taking a connection just when it is told to take no more.
constexpr std::chrono::milliseconds kAccepting{10};

/// The library's options for TLS; their texts must live until it has read them.
std::vector<MHD_OptionItem> tls_options(WebSecurity& security, std::string& priorities) {
  std::vector<MHD_OptionItem> options;
  if (security.config.tls) {
    priorities = tls_priorities(*security.config.tls);
    options = {{MHD_OPTION_HTTPS_MEM_CERT, 0, security.certificate.data()},
               {MHD_OPTION_HTTPS_MEM_KEY, 0, security.key.data()},
               {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities.data()}};
    if (!security.client_ca.empty()) {
      options.push_back({MHD_OPTION_HTTPS_MEM_TRUST, 0, security.client_ca.data()});
    }
  }
  options.push_back({MHD_OPTION_END, 0, nullptr});
  return options;
}

}  // namespace

std::unique_ptr<HttpDaemon> HttpDaemon::start(int listen_fd, unsigned threads, Site& site,
                                              WebSecurity security) {
  std::unique_ptr<HttpDaemon> daemon(new HttpDaemon(site, std::move(security)));
  return daemon->listen(listen_fd, threads) ? std::move(daemon) : nullptr;
}

HttpDaemon::HttpDaemon(Site& site, WebSecurity security)
    : site_(site),
      security_(std::move(security)),
      passwords_(security_.config.users),
      limits_(kLifetime) {}

HttpDaemon::~HttpDaemon() {
  if (daemon_ == nullptr) {
    return;
  }
  MHD_quiesce_daemon(daemon_);
  std::this_thread::sleep_for(kAccepting);
  {
    std::unique_lock lock(mutex_);
    idle_.wait_for(lock, kStopPatience, [this] { return connections_ == 0; });
  }
  MHD_stop_daemon(daemon_);
}

bool HttpDaemon::listen(int fd, unsigned threads) {
  std::string priorities;
  const auto options = tls_options(security_, priorities);
  const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC |
                         (security_.config.tls ? unsigned{MHD_USE_TLS} : 0U);
  daemon_ = MHD_start_daemon(
      flags, 0, nullptr, nullptr, &on_request, this, MHD_OPTION_LISTEN_SOCKET, fd,
      MHD_OPTION_THREAD_POOL_SIZE, std::max(threads, 2U), MHD_OPTION_THREAD_STACK_SIZE, kStackBytes,
      MHD_OPTION_CONNECTION_TIMEOUT, kIdleSeconds, MHD_OPTION_CONNECTION_LIMIT, kConnections,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, kConnectionsPerAddress,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes, MHD_OPTION_NOTIFY_CONNECTION,
      &on_connection, this, MHD_OPTION_ARRAY, options.data(), MHD_OPTION_END);
  return daemon_ != nullptr;
}

// Called once with *seen null when the headers are there, then once per part of a body.
MHD_Result HttpDaemon::on_request(void* self, MHD_Connection* connection, const char* path,
                                  const char* method, const char* /*version*/, const char* /*body*/,
                                  std::size_t* body_bytes, void** seen) {
  auto* daemon = static_cast<HttpDaemon*>(self);
  if (*seen == nullptr) {
    *seen = daemon;
    return MHD_YES;
  }
  if (*body_bytes != 0) {
    *body_bytes = 0;  // nobody wants it; the answer comes at its end
    return MHD_YES;
  }
  return answer_request(connection, method, path, daemon->site_, daemon->passwords_,
                        daemon->security_.config);
}

void HttpDaemon::on_connection(void* self, MHD_Connection* connection, void** /*unused*/,
                               MHD_ConnectionNotificationCode what) {
  auto* daemon = static_cast<HttpDaemon*>(self);
  if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
    daemon->end_connection(connection);
  } else {
    daemon->begin_connection(connection);
  }
}

// Before the handshake, if there is one.
void HttpDaemon::begin_connection(MHD_Connection* connection) {
  {
    const std::scoped_lock lock(mutex_);
    ++connections_;
  }
  const MHD_ConnectionInfo* const socket =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (socket != nullptr) {
    limits_.began(connection, socket->connect_fd);
  }
  if (!security_.config.tls) {
    return;
  }
  const MHD_ConnectionInfo* const tls =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  if (tls != nullptr) {
    demand_certificate(static_cast<gnutls_session_t>(tls->tls_session),
                       security_.config.tls->client_auth);
  }
}

void HttpDaemon::end_connection(MHD_Connection* connection) {
  limits_.ended(connection);
  const std::scoped_lock lock(mutex_);
  --connections_;
  idle_.notify_all();
}

}  // namespace pagefare
