// SPDX-License-Identifier: Apache-2.0
#include "exporter/connection_limits.h"

#include <sys/socket.h>

#include <algorithm>
#include <stop_token>

namespace pagefare {

ConnectionLimits::ConnectionLimits(std::chrono::milliseconds lifetime)
    : lifetime_(lifetime), watcher_([this](const std::stop_token& stop) { watch(stop); }) {}

void ConnectionLimits::began(const void* key, int fd) {
  const std::scoped_lock lock(mutex_);
  connections_[key] = {fd, Clock::now() + lifetime_, false};
  if (connections_.size() == 1) {
    changed_.notify_one();
  }
}

void ConnectionLimits::ended(const void* key) {
  const std::scoped_lock lock(mutex_);
  connections_.erase(key);
}

void ConnectionLimits::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !connections_.empty(); })) {
    // All connections live equally long, so no later one can be due before `next`.
    const Clock::time_point next = cut_overdue(Clock::now());
    changed_.wait_until(lock, stop, next, [] { return false; });
  }
}

// The owner sees the end of the stream and closes; to close here would free the number too early.
ConnectionLimits::Clock::time_point ConnectionLimits::cut_overdue(Clock::time_point now) {
  Clock::time_point next = now + lifetime_;
  for (auto& [key, connection] : connections_) {
    if (connection.cut) {
      continue;
    }
    if (connection.deadline <= now) {
      ::shutdown(connection.fd, SHUT_RDWR);
      connection.cut = true;
    } else {
      next = std::min(next, connection.deadline);
    }
  }
  return next;
}

}  // namespace pagefare
