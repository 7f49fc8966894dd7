// SPDX-License-Identifier: Apache-2.0
// Follows a collection of objects in a thread of its own: by list and watch from an API server, or
// by asking a kubelet again and again.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "controller/edge/kubernetes/api_client.h"

namespace pagefare {

struct ListWatchSettings {
  std::string path;            ///< of the collection, as "/api/v1/pods"
  std::string field_selector;  ///< as "spec.nodeName=node-1"; empty: all
  bool watches = true;         ///< false: a kubelet, which only lists
  std::chrono::milliseconds list_interval = std::chrono::seconds(10);  ///< without watches
  std::chrono::milliseconds least_backoff = std::chrono::milliseconds(500);
  std::chrono::milliseconds most_backoff = std::chrono::seconds(60);
  std::chrono::seconds watch_timeout{300};  ///< the server ends a watch; then it goes on
};

/// What was done so far.
struct ListWatchCounts {
  std::uint64_t lists = 0;
  std::uint64_t events = 0;
  std::array<std::uint64_t, kApiFailures> failures{};
  bool complete = false;   ///< a list succeeded, and nothing failed since
  std::string last_error;  ///< empty when the last request went well
};

/// Who is told, in the thread of the watch.
template <typename Object>
class Audience {
 public:
  Audience() = default;
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;
  virtual ~Audience() = default;

  /// All that there are now.
  virtual void replace(std::vector<Object> objects) = 0;
  virtual void put(Object object) = 0;
  /// `object` as it was at last.
  virtual void remove(Object object) = 0;
  /// Some time has passed; at least as often as a watch ends.
  virtual void grow_older() {}
};

/// Of Pod and Namespace.
template <typename Object>
class ListWatch {
 public:
  /// Begins at once. `audience` must outlive the watch.
  ListWatch(const ApiSettings& api, ListWatchSettings settings, Audience<Object>& audience);
  ListWatch(const ListWatch&) = delete;
  ListWatch& operator=(const ListWatch&) = delete;
  ~ListWatch();

  ListWatchCounts counts() const;

 private:
  void run(const std::stop_token& stop);
  bool list(const std::stop_token& stop);
  bool watch(const std::stop_token& stop);
  std::string request(std::string_view arguments) const;
  bool take(std::string_view line);
  bool fail_with(const ApiError& error);
  void succeed(std::uint64_t ListWatchCounts::* counted);
  void wait(std::chrono::milliseconds time, const std::stop_token& stop);

  ListWatchSettings settings_;
  ApiClient client_;
  Audience<Object>& audience_;
  std::string version_;  // of the last list or event; only the thread uses it

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  ListWatchCounts counts_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace pagefare
