// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace pagefare {

/// Ends connections that live too long: the HTTP library alone ends only those that are silent, so
/// that a client sending or reading byte by byte would hold a connection for ever.
class ConnectionLimits {
 public:
  explicit ConnectionLimits(std::chrono::milliseconds lifetime);

  /// `key` names the connection. `fd` must stay open until ended(key) has returned.
  void began(const void* key, int fd);
  void ended(const void* key);

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    int fd = -1;
    Clock::time_point deadline;
    bool cut = false;
  };

  void watch(const std::stop_token& stop);
  Clock::time_point cut_overdue(Clock::time_point now);

  std::chrono::milliseconds lifetime_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<const void*, Connection> connections_;
  std::jthread watcher_;  // last: stops before the rest dies
};

}  // namespace pagefare
