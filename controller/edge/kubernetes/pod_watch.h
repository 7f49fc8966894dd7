// SPDX-License-Identifier: Apache-2.0
// Keeps the pods of one node up to date, in a thread of its own: by list and watch from the API
// server, or by asking the kubelet again and again.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "controller/edge/kubernetes/api_client.h"
#include "controller/ports/clock.h"
#include "controller/ports/pod_names.h"

namespace pagefare {

enum class PodSource : std::uint8_t { kApiServer, kKubelet };

struct PodWatchSettings {
  ApiSettings api;
  PodSource source = PodSource::kApiServer;
  std::string node;  ///< spec.nodeName; not needed with a kubelet
  std::chrono::milliseconds kubelet_interval = std::chrono::seconds(10);
  std::chrono::milliseconds least_backoff = std::chrono::milliseconds(500);
  std::chrono::milliseconds most_backoff = std::chrono::seconds(60);
  std::chrono::seconds watch_timeout{300};  ///< the server ends a watch; then it goes on
  std::chrono::seconds remember{600};       ///< deleted pods
};

/// What was done so far.
struct PodWatchCounts {
  std::uint64_t lists = 0;
  std::uint64_t events = 0;
  std::array<std::uint64_t, kApiFailures> failures{};
  std::uint64_t pods = 0;  ///< living now
  bool complete = false;   ///< a list succeeded, and nothing failed since
  std::string last_error;  ///< empty when the last request went well
};

class PodWatch final : public PodNames {
 public:
  /// `clock` must outlive the watch.
  PodWatch(PodWatchSettings settings, Clock& clock);
  ~PodWatch() override;

  std::optional<PodName> find(std::string_view cgroup_path) override;
  std::optional<fair::PodWish> wish(std::string_view cgroup_path) override;
  std::uint64_t generation() const override { return generation_; }
  PodNamesStatus status() const override;
  PodWatchCounts counts() const;

 private:
  void run(const std::stop_token& stop);
  bool list(const std::stop_token& stop);
  bool watch(const std::stop_token& stop);
  bool take(std::string_view line);
  bool fail_with(const ApiError& error);
  void succeed();
  void wait(std::chrono::milliseconds time, const std::stop_token& stop);

  PodWatchSettings settings_;
  Clock& clock_;
  ApiClient client_;
  std::string version_;  // of the last list or event; only the thread uses it

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  PodDirectory pods_;
  PodWatchCounts counts_;
  std::atomic<std::uint64_t> generation_{0};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace pagefare
