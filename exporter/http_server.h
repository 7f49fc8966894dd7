// SPDX-License-Identifier: Apache-2.0
// Serves the pages of exporter/pages.h over HTTP or HTTPS. Nothing is read from disk but the web
// config and the files that it names.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "controller/ports/result.h"
#include "exporter/snapshot_holder.h"

namespace pagefare {

struct HttpSettings {
  std::string listen = "127.0.0.1:9464";     ///< ADDR:PORT or [V6ADDR]:PORT; port 0 is any free one
  std::uint32_t ready_completeness_ppm = 0;  ///< /readyz answers 503 below this
  unsigned threads = 2;    ///< at least 2 are started; an idle connection holds none
  std::string web_config;  ///< TLS and users (exporter/web_config.h); empty: neither
  /// Called from a thread of the server after one of those files changed: with the error when the
  /// former web config was kept.
  std::function<void(const Result<void>&)> on_web_config;
  std::chrono::milliseconds look_at_files_every{1000};
};

class HttpServer {
 public:
  /// Listens and serves from its own threads when this returns. `holder` must outlive the server.
  /// An address that cannot be listened on, or a web config that is no good, is an error that names
  /// it and the remedy.
  static Result<std::unique_ptr<HttpServer>> start(const HttpSettings& settings,
                                                   const SnapshotHolder& holder);

  /// Takes no new connections, lets requests under way finish (two seconds at most), then stops.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  /// Where it really listens: "127.0.0.1:9464", "[::1]:9464".
  const std::string& address() const;
  /// The same as a browser wants it, with http:// or https:// before it and / after it.
  std::string url() const;
  /// Why an administrator should think again about what is served to whom; nothing where only this
  /// machine can ask, or where TLS and users are set.
  std::optional<std::string> exposure() const;

 private:
  class Serving;
  explicit HttpServer(std::unique_ptr<Serving> serving);

  std::unique_ptr<Serving> serving_;
};

}  // namespace pagefare
