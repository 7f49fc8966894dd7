// SPDX-License-Identifier: Apache-2.0
// Serves the pages of exporter/pages.h over HTTP. Nothing is read from disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "controller/ports/result.h"
#include "exporter/snapshot_holder.h"

namespace pagefare {

struct HttpSettings {
  std::string listen = "127.0.0.1:9464";     ///< ADDR:PORT or [V6ADDR]:PORT; port 0 is any free one
  std::uint32_t ready_completeness_ppm = 0;  ///< /readyz answers 503 below this
  unsigned threads = 2;  ///< at least 2 are started; an idle connection holds none
};

class HttpServer {
 public:
  /// Listens and serves from its own threads when this returns. `holder` must outlive the server.
  /// An address that cannot be listened on is an error that names it and the remedy.
  static Result<std::unique_ptr<HttpServer>> start(const HttpSettings& settings,
                                                   const SnapshotHolder& holder);

  /// Takes no new connections, lets requests under way finish (two seconds at most), then stops.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  /// Where it really listens: "127.0.0.1:9464", "[::1]:9464".
  const std::string& address() const;

 private:
  class Serving;
  explicit HttpServer(std::unique_ptr<Serving> serving);

  std::unique_ptr<Serving> serving_;
};

}  // namespace pagefare
