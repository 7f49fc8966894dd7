// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/pod_watch.h"

#include <utility>

#include "controller/edge/kubernetes/pod_wish.h"

namespace pagefare {
namespace {

constexpr std::size_t kMostDeleted = 10'000;

ListWatchSettings common(const PodWatchSettings& settings) {
  ListWatchSettings made;
  made.list_interval = settings.kubelet_interval;
  made.least_backoff = settings.least_backoff;
  made.most_backoff = settings.most_backoff;
  made.watch_timeout = settings.watch_timeout;
  return made;
}

ListWatchSettings pods_of(const PodWatchSettings& settings) {
  ListWatchSettings made = common(settings);
  made.watches = settings.source == PodSource::kApiServer;
  made.path = made.watches ? "/api/v1/pods" : "/pods";
  if (made.watches) made.field_selector = "spec.nodeName=" + settings.node;
  return made;
}

ListWatchSettings all_namespaces(const PodWatchSettings& settings) {
  ListWatchSettings made = common(settings);
  made.path = "/api/v1/namespaces";
  return made;
}

}  // namespace

PodWatch::PodWatch(const PodWatchSettings& settings, Clock& clock)
    : clock_(clock),
      pods_(settings.remember, kMostDeleted),
      pod_watch_(settings.api, pods_of(settings), *this) {
  if (settings.namespaces && settings.source == PodSource::kApiServer) {
    Audience<Namespace>& audience = *this;
    namespace_watch_ =
        std::make_unique<ListWatch<Namespace>>(settings.api, all_namespaces(settings), audience);
  }
}

PodWatch::~PodWatch() = default;

std::optional<PodName> PodWatch::find(std::string_view cgroup_path) {
  const std::scoped_lock lock(mutex_);
  return pods_.find(cgroup_path);
}

std::optional<fair::PodWish> PodWatch::wish(std::string_view cgroup_path) {
  static const std::map<std::string, std::string> none;
  const std::scoped_lock lock(mutex_);
  const Pod* const pod = pods_.find_pod(cgroup_path);
  if (pod == nullptr) return std::nullopt;
  const auto labels = labels_.find(pod->name_space);
  if (pod->annotations.empty() && labels == labels_.end()) return std::nullopt;
  const auto path = pods_.find_pod_path(cgroup_path);
  if (!path) return std::nullopt;
  return read_pod_wish(*pod, labels == labels_.end() ? none : labels->second, std::string(*path));
}

PodWatchCounts PodWatch::counts() const {
  PodWatchCounts counts{pod_watch_.counts(), 0};
  const std::scoped_lock lock(mutex_);
  counts.pods = pods_.living();
  return counts;
}

ListWatchCounts PodWatch::namespace_counts() const {
  return namespace_watch_ == nullptr ? ListWatchCounts() : namespace_watch_->counts();
}

PodNamesStatus PodWatch::status() const {
  const PodWatchCounts pods = counts();
  const ListWatchCounts namespaces = namespace_counts();
  PodNamesStatus status{.wanted = true,
                        .complete = pods.complete,
                        .pods = pods.pods,
                        .failures = {},
                        .last_error = pods.last_error,
                        .labels_error = namespaces.last_error};
  for (std::size_t cause = 0; cause < kApiFailures; ++cause) {
    status.failures[std::string(name(static_cast<ApiFailure>(cause)))] =
        pods.failures[cause] + namespaces.failures[cause];
  }
  return status;
}

void PodWatch::replace(std::vector<Pod> pods) {
  {
    const std::scoped_lock lock(mutex_);
    pods_.replace(std::move(pods), clock_.monotonic());
    pods_.expire(clock_.monotonic());
  }
  ++generation_;
}

void PodWatch::put(Pod pod) {
  {
    const std::scoped_lock lock(mutex_);
    pods_.put(std::move(pod));
    pods_.expire(clock_.monotonic());
  }
  ++generation_;
}

void PodWatch::remove(Pod pod) {
  const std::string uid = pod.uid;
  {
    const std::scoped_lock lock(mutex_);
    // Its last state has the ids of containers that ended on the way.
    pods_.put(std::move(pod));
    pods_.remove(uid, clock_.monotonic());
    pods_.expire(clock_.monotonic());
  }
  ++generation_;
}

void PodWatch::grow_older() {
  const std::scoped_lock lock(mutex_);
  pods_.expire(clock_.monotonic());
}

void PodWatch::replace(std::vector<Namespace> namespaces) {
  std::map<std::string, std::map<std::string, std::string>> labels;
  for (Namespace& one : namespaces) {
    if (!one.labels.empty()) labels[one.name] = std::move(one.labels);
  }
  {
    const std::scoped_lock lock(mutex_);
    labels_ = std::move(labels);
  }
  ++generation_;
}

void PodWatch::put(Namespace name_space) {
  {
    const std::scoped_lock lock(mutex_);
    if (name_space.labels.empty()) {
      labels_.erase(name_space.name);
    } else {
      labels_[name_space.name] = std::move(name_space.labels);
    }
  }
  ++generation_;
}

void PodWatch::remove(Namespace name_space) {
  {
    const std::scoped_lock lock(mutex_);
    labels_.erase(name_space.name);
  }
  ++generation_;
}

}  // namespace pagefare
