// SPDX-License-Identifier: Apache-2.0
#include "exporter/http_server.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "exporter/http_daemon.h"
#include "exporter/listen_socket.h"
#include "exporter/pages.h"
#include "exporter/web_security.h"

namespace pagefare {

class HttpServer::Serving {
 public:
  Serving(HttpSettings settings, ListenSocket socket, const SnapshotHolder& holder)
      : settings_(std::move(settings)),
        socket_(std::move(socket)),
        site_(holder, settings_.ready_completeness_ppm) {}

  /// Error: the web config, or no threads. The former daemon, if any, serves on then.
  Result<void> serve() {
    auto security = load();
    if (!security) {
      return tl::make_unexpected(std::move(security.error()));
    }
    auto daemon = HttpDaemon::start(socket_.fd(), settings_.threads, site_, *std::move(security));
    if (daemon == nullptr) {
      return fail(
          fmt::format("listen on {}: the HTTP threads cannot be started; raise the limits on "
                      "threads and memory",
                      settings_.listen));
    }
    const std::scoped_lock lock(mutex_);
    daemon_.swap(daemon);  // the former one finishes what it is at, after the new one has begun
    return {};
  }

  void watch_files() {
    if (!settings_.web_config.empty()) {
      watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    }
  }

  const ListenSocket& socket() const { return socket_; }

  WebConfig config() const {
    const std::scoped_lock lock(mutex_);
    return daemon_->security().config;
  }

 private:
  /// Files are stamped before they are read: what changes in between is read again.
  Result<WebSecurity> load() {
    for (;;) {
      stamps_ = stamps_of(files_);
      std::vector<std::string> files;
      auto security = load_web_security(settings_.web_config, files);
      if (files == files_) {
        return security;
      }
      files_ = std::move(files);
    }
  }

  void watch(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!never.wait_for(lock, stop, settings_.look_at_files_every, [] { return false; })) {
      if (stop.stop_requested()) {
        return;
      }
      if (stamps_of(files_) == stamps_) {
        continue;
      }
      const Result<void> served = serve();
      if (settings_.on_web_config) {
        settings_.on_web_config(served);
      }
    }
  }

  HttpSettings settings_;
  ListenSocket socket_;
  Site site_;
  std::vector<std::string> files_;  // these two are the watcher's once it runs
  std::vector<FileStamp> stamps_;
  mutable std::mutex mutex_;
  std::unique_ptr<HttpDaemon> daemon_;
  std::jthread watcher_;  // last: stops before the rest dies
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpSettings& settings,
                                                      const SnapshotHolder& holder) {
  Result<ListenSocket> socket = ListenSocket::open(settings.listen);
  if (!socket) {
    return tl::make_unexpected(std::move(socket.error()));
  }
  auto serving = std::make_unique<Serving>(settings, *std::move(socket), holder);
  if (auto served = serving->serve(); !served) {
    return tl::make_unexpected(std::move(served.error()));
  }
  serving->watch_files();
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

std::string HttpServer::url() const {
  return fmt::format("http{}://{}/", serving_->config().tls ? "s" : "", address());
}

std::optional<std::string> HttpServer::exposure() const {
  const WebConfig config = serving_->config();
  const bool asks =
      !config.users.empty() ||
      (config.tls && (config.tls->client_auth == ClientAuth::kRequireAnyClientCert ||
                      config.tls->client_auth == ClientAuth::kRequireAndVerifyClientCert));
  if (serving_->socket().is_loopback() || (config.tls && asks)) {
    return std::nullopt;
  }
  return fmt::format(
      "{} can be reached from other machines{}{}: the names and the load of every cgroup are shown "
      "to whoever asks; set web_config, or listen on 127.0.0.1",
      address(), config.tls ? "" : " without TLS", asks ? "" : " without a password");
}

}  // namespace pagefare
