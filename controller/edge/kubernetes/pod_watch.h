// SPDX-License-Identifier: Apache-2.0
// Keeps the pods of one node up to date, and the labels of all namespaces where pods take budgets
// from them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/edge/kubernetes/list_watch.h"
#include "controller/edge/kubernetes/object_json.h"
#include "controller/ports/clock.h"
#include "controller/ports/pod_names.h"

namespace pagefare {

enum class PodSource : std::uint8_t { kApiServer, kKubelet };

struct PodWatchSettings {
  ApiSettings api;
  PodSource source = PodSource::kApiServer;
  std::string node;         ///< spec.nodeName; not needed with a kubelet
  bool namespaces = false;  ///< their labels are wanted; only the API server has them
  std::chrono::milliseconds kubelet_interval = std::chrono::seconds(10);
  std::chrono::milliseconds least_backoff = std::chrono::milliseconds(500);
  std::chrono::milliseconds most_backoff = std::chrono::seconds(60);
  std::chrono::seconds watch_timeout{300};  ///< the server ends a watch; then it goes on
  std::chrono::seconds remember{600};       ///< deleted pods
};

/// What was done so far.
struct PodWatchCounts : ListWatchCounts {
  std::uint64_t pods = 0;  ///< living now
};

class PodWatch final : public PodNames, private Audience<Pod>, private Audience<Namespace> {
 public:
  /// `clock` must outlive the watch.
  PodWatch(const PodWatchSettings& settings, Clock& clock);
  ~PodWatch() override;

  std::optional<PodName> find(std::string_view cgroup_path) override;
  std::optional<fair::PodWish> wish(std::string_view cgroup_path) override;
  std::uint64_t generation() const override { return generation_; }
  PodNamesStatus status() const override;
  PodWatchCounts counts() const;
  /// Of the namespaces; all zero where they are not watched.
  ListWatchCounts namespace_counts() const;

 private:
  void replace(std::vector<Pod> pods) override;
  void put(Pod pod) override;
  void remove(Pod pod) override;
  void grow_older() override;
  void replace(std::vector<Namespace> namespaces) override;
  void put(Namespace name_space) override;
  void remove(Namespace name_space) override;

  Clock& clock_;
  mutable std::mutex mutex_;
  PodDirectory pods_;
  /// By the namespace's name; those without any are left out.
  std::map<std::string, std::map<std::string, std::string>> labels_;
  std::atomic<std::uint64_t> generation_{0};
  // Last: their threads use all of the above.
  ListWatch<Pod> pod_watch_;
  std::unique_ptr<ListWatch<Namespace>> namespace_watch_;
};

}  // namespace pagefare
