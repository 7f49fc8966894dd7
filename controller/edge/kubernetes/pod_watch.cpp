// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/pod_watch.h"

#include <curl/curl.h>

#include <algorithm>
#include <random>
#include <utility>

#include "controller/edge/kubernetes/pod_json.h"
#include "controller/edge/kubernetes/pod_wish.h"

namespace pagefare {
namespace {

constexpr std::size_t kMostDeleted = 10'000;
/// A part of a list; a node has fewer pods, but nobody must rely on that.
constexpr std::string_view kPageSize = "500";

std::string escaped(const std::string& text) {
  const std::unique_ptr<char, decltype(&curl_free)> escaped_text(
      curl_easy_escape(nullptr, text.c_str(), static_cast<int>(text.size())), &curl_free);
  return escaped_text == nullptr ? std::string() : std::string(escaped_text.get());
}

std::string pods_of(const std::string& node) {
  return "/api/v1/pods?fieldSelector=" + escaped("spec.nodeName=" + node);
}

/// Spread, so that the agents of a thousand nodes do not come back in step.
std::chrono::milliseconds jittered(std::chrono::milliseconds time) {
  static thread_local std::minstd_rand dice{std::random_device{}()};
  return time / 2 + std::chrono::milliseconds(
                        std::uniform_int_distribution<std::int64_t>(0, time.count() / 2)(dice));
}

}  // namespace

PodWatch::PodWatch(PodWatchSettings settings, Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      client_(settings_.api),
      pods_(settings_.remember, kMostDeleted),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

PodWatch::~PodWatch() {
  thread_.request_stop();
  wake_.notify_all();
}

std::optional<PodName> PodWatch::find(std::string_view cgroup_path) {
  const std::scoped_lock lock(mutex_);
  return pods_.find(cgroup_path);
}

std::optional<fair::PodWish> PodWatch::wish(std::string_view cgroup_path) {
  const std::scoped_lock lock(mutex_);
  const Pod* const pod = pods_.find_pod(cgroup_path);
  if (pod == nullptr || pod->annotations.empty()) return std::nullopt;
  const auto path = pods_.find_pod_path(cgroup_path);
  return path ? read_pod_wish(*pod, std::string(*path)) : std::nullopt;
}

PodWatchCounts PodWatch::counts() const {
  const std::scoped_lock lock(mutex_);
  PodWatchCounts counts = counts_;
  counts.pods = pods_.living();
  return counts;
}

PodNamesStatus PodWatch::status() const {
  const PodWatchCounts counted = counts();
  PodNamesStatus status{.wanted = true,
                        .complete = counted.complete,
                        .pods = counted.pods,
                        .failures = {},
                        .last_error = counted.last_error};
  for (std::size_t cause = 0; cause < kApiFailures; ++cause) {
    status.failures[std::string(name(static_cast<ApiFailure>(cause)))] = counted.failures[cause];
  }
  return status;
}

void PodWatch::run(const std::stop_token& stop) {
  auto backoff = settings_.least_backoff;
  bool listed = false;
  while (!stop.stop_requested()) {
    const bool well =
        listed && settings_.source == PodSource::kApiServer ? watch(stop) : list(stop);
    if (well) {
      backoff = settings_.least_backoff;
      // Also between two watches: a server may end each of them at once.
      wait(settings_.source == PodSource::kKubelet ? settings_.kubelet_interval
                                                   : jittered(settings_.least_backoff),
           stop);
    }
    listed = !version_.empty();
    if (!well && !stop.stop_requested()) {
      wait(jittered(backoff), stop);
      backoff = std::min(backoff * 2, settings_.most_backoff);
    }
  }
}

bool PodWatch::list(const std::stop_token& stop) {
  const bool kubelet = settings_.source == PodSource::kKubelet;
  // Version 0: the server may answer from its cache, which is what a thousand agents should ask
  // for.
  const std::string first =
      kubelet ? "/pods" : pods_of(settings_.node) + "&limit=" + std::string(kPageSize);
  std::vector<Pod> pods;
  std::string path = kubelet ? first : first + "&resourceVersion=0";
  std::string version;
  while (!path.empty()) {
    const auto body = client_.get(path, stop);
    if (!body) return fail_with(body.error());
    auto part = parse_pod_list(*body);
    if (!part)
      return fail_with(
          {ApiFailure::kMalformed, client_.url() + path + ": " + part.error().message});
    std::ranges::move(part->pods, std::back_inserter(pods));
    version = part->resource_version;
    path = part->next.empty() ? "" : first + "&continue=" + escaped(part->next);
  }
  version_ = version;
  {
    const std::scoped_lock lock(mutex_);
    pods_.replace(std::move(pods), clock_.monotonic());
    pods_.expire(clock_.monotonic());
    ++counts_.lists;
  }
  ++generation_;
  succeed();
  return true;
}

bool PodWatch::watch(const std::stop_token& stop) {
  const auto timeout = settings_.watch_timeout;
  const std::string path = pods_of(settings_.node) + "&watch=1&allowWatchBookmarks=true" +
                           "&timeoutSeconds=" + std::to_string(timeout.count()) +
                           "&resourceVersion=" + escaped(version_);
  bool well = true;
  const auto done = client_.stream(
      path, timeout + timeout / 2,
      [this, &well](std::string_view line) { return well = take(line); }, stop);
  if (!done) return fail_with(done.error());
  const std::scoped_lock lock(mutex_);
  pods_.expire(clock_.monotonic());
  return well;
}

bool PodWatch::take(std::string_view line) {
  auto event = parse_watch_event(line);
  if (!event) {
    return fail_with({ApiFailure::kMalformed, client_.url() + ": " + event.error().message});
  }
  if (event->kind == WatchEvent::Kind::kError) {
    const auto cause = event->code == 410 ? ApiFailure::kGone : ApiFailure::kServer;
    return fail_with({cause, client_.url() + ": the watch ended: " + event->message});
  }
  if (!event->resource_version.empty()) version_ = event->resource_version;
  {
    const std::scoped_lock lock(mutex_);
    ++counts_.events;
    if (event->kind != WatchEvent::Kind::kBookmark) {
      const std::string uid = event->pod.uid;
      // Also of a deleted pod: its last state has the ids of containers that ended on the way.
      pods_.put(std::move(event->pod));
      if (event->kind == WatchEvent::Kind::kDeleted) pods_.remove(uid, clock_.monotonic());
    }
    pods_.expire(clock_.monotonic());
  }
  ++generation_;
  succeed();
  return true;
}

/// After any failure but a lost connection the next step is a new list.
bool PodWatch::fail_with(const ApiError& error) {
  const bool resumes =
      error.cause == ApiFailure::kUnreachable || error.cause == ApiFailure::kTimeout;
  if (!resumes) version_.clear();
  const std::scoped_lock lock(mutex_);
  ++counts_.failures[static_cast<std::size_t>(error.cause)];
  counts_.last_error = error.message;
  counts_.complete = false;
  return false;
}

void PodWatch::succeed() {
  const std::scoped_lock lock(mutex_);
  counts_.complete = true;
  counts_.last_error.clear();
}

void PodWatch::wait(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace pagefare
