// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <microhttpd.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "exporter/connection_limits.h"
#include "exporter/pages.h"
#include "exporter/password_check.h"
#include "exporter/web_security.h"

namespace pagefare {

/// Threads that answer what comes in on a socket, under one web config. Two may share the socket
/// while one takes over from the other.
class HttpDaemon {
 public:
  /// `listen_fd` and `site` must outlive the daemon; the socket stays open after it. Null when the
  /// threads cannot be started.
  static std::unique_ptr<HttpDaemon> start(int listen_fd, unsigned threads, Site& site,
                                           WebSecurity security);

  /// Takes no new connections, lets connections end by themselves (two seconds at most), then
  /// stops.
  ~HttpDaemon();
  HttpDaemon(const HttpDaemon&) = delete;
  HttpDaemon& operator=(const HttpDaemon&) = delete;

  const WebSecurity& security() const { return security_; }

 private:
  HttpDaemon(Site& site, WebSecurity security);

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* path,
                               const char* method, const char* version, const char* body,
                               std::size_t* body_bytes, void** seen);
  static void on_connection(void* self, MHD_Connection* connection, void** unused,
                            MHD_ConnectionNotificationCode what);

  bool listen(int fd, unsigned threads);
  void begin_connection(MHD_Connection* connection);
  void end_connection(MHD_Connection* connection);

  Site& site_;
  WebSecurity security_;
  PasswordCheck passwords_;
  ConnectionLimits limits_;
  std::mutex mutex_;
  std::condition_variable idle_;
  unsigned connections_ = 0;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace pagefare
