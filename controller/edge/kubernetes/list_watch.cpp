// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/list_watch.h"

#include <curl/curl.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <random>
#include <utility>

#include "controller/edge/kubernetes/object_json.h"

namespace pagefare {
namespace {

/// Objects in a part of a list; a node has fewer pods, but nobody must rely on that.
constexpr std::string_view kPageSize = "500";

std::string escaped(const std::string& text) {
  const std::unique_ptr<char, decltype(&curl_free)> escaped_text(
      curl_easy_escape(nullptr, text.c_str(), static_cast<int>(text.size())), &curl_free);
  return escaped_text == nullptr ? std::string() : std::string(escaped_text.get());
}

/// Spread, so that the agents of a thousand nodes do not come back in step.
std::chrono::milliseconds jittered(std::chrono::milliseconds time) {
  static thread_local std::minstd_rand dice{std::random_device{}()};
  return time / 2 + std::chrono::milliseconds(
                        std::uniform_int_distribution<std::int64_t>(0, time.count() / 2)(dice));
}

}  // namespace

template <typename Object>
ListWatch<Object>::ListWatch(const ApiSettings& api, ListWatchSettings settings,
                             Audience<Object>& audience)
    : settings_(std::move(settings)),
      client_(api),
      audience_(audience),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

template <typename Object>
ListWatch<Object>::~ListWatch() {
  thread_.request_stop();
  wake_.notify_all();
}

template <typename Object>
ListWatchCounts ListWatch<Object>::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

template <typename Object>
void ListWatch<Object>::run(const std::stop_token& stop) {
  auto backoff = settings_.least_backoff;
  bool listed = false;
  while (!stop.stop_requested()) {
    const bool well = listed && settings_.watches ? watch(stop) : list(stop);
    if (well) {
      backoff = settings_.least_backoff;
      // Also between two watches: a server may end each of them at once.
      wait(settings_.watches ? jittered(settings_.least_backoff) : settings_.list_interval, stop);
    }
    listed = !version_.empty();
    if (!well && !stop.stop_requested()) {
      wait(jittered(backoff), stop);
      backoff = std::min(backoff * 2, settings_.most_backoff);
    }
  }
}

template <typename Object>
bool ListWatch<Object>::list(const std::stop_token& stop) {
  // Version 0: the server may answer from its cache, which is what a thousand agents should ask
  // for.
  const std::string first = request("limit=" + std::string(kPageSize));
  std::vector<Object> objects;
  std::string path = settings_.watches ? first + "&resourceVersion=0" : settings_.path;
  std::string version;
  while (!path.empty()) {
    const auto body = client_.get(path, stop);
    if (!body) return fail_with(body.error());
    auto part = parse_list<Object>(*body);
    if (!part)
      return fail_with(
          {ApiFailure::kMalformed, client_.url() + path + ": " + part.error().message});
    std::ranges::move(part->objects, std::back_inserter(objects));
    version = part->resource_version;
    path = part->next.empty() ? "" : first + "&continue=" + escaped(part->next);
  }
  version_ = version;
  audience_.replace(std::move(objects));
  succeed(&ListWatchCounts::lists);
  return true;
}

template <typename Object>
bool ListWatch<Object>::watch(const std::stop_token& stop) {
  const auto timeout = settings_.watch_timeout;
  const std::string path =
      request("watch=1&allowWatchBookmarks=true&timeoutSeconds=" + std::to_string(timeout.count()) +
              "&resourceVersion=" + escaped(version_));
  bool well = true;
  const auto done = client_.stream(
      path, timeout + timeout / 2,
      [this, &well](std::string_view line) { return well = take(line); }, stop);
  if (!done) return fail_with(done.error());
  audience_.grow_older();
  return well;
}

template <typename Object>
std::string ListWatch<Object>::request(std::string_view arguments) const {
  const std::string& selector = settings_.field_selector;
  return settings_.path + "?" +
         (selector.empty() ? "" : "fieldSelector=" + escaped(selector) + "&") +
         std::string(arguments);
}

template <typename Object>
bool ListWatch<Object>::take(std::string_view line) {
  auto event = parse_watch_event<Object>(line);
  if (!event) {
    return fail_with({ApiFailure::kMalformed, client_.url() + ": " + event.error().message});
  }
  if (event->kind == EventKind::kError) {
    const auto cause = event->code == 410 ? ApiFailure::kGone : ApiFailure::kServer;
    return fail_with({cause, client_.url() + ": the watch ended: " + event->message});
  }
  if (!event->resource_version.empty()) version_ = event->resource_version;
  if (event->kind == EventKind::kPut) audience_.put(std::move(event->object));
  if (event->kind == EventKind::kDeleted) audience_.remove(std::move(event->object));
  succeed(&ListWatchCounts::events);
  return true;
}

/// After any failure but a lost connection the next step is a new list.
template <typename Object>
bool ListWatch<Object>::fail_with(const ApiError& error) {
  const bool resumes =
      error.cause == ApiFailure::kUnreachable || error.cause == ApiFailure::kTimeout;
  if (!resumes) version_.clear();
  const std::scoped_lock lock(mutex_);
  ++counts_.failures[static_cast<std::size_t>(error.cause)];
  counts_.last_error = error.message;
  counts_.complete = false;
  return false;
}

template <typename Object>
void ListWatch<Object>::succeed(std::uint64_t ListWatchCounts::* counted) {
  const std::scoped_lock lock(mutex_);
  ++(counts_.*counted);
  counts_.complete = true;
  counts_.last_error.clear();
}

template <typename Object>
void ListWatch<Object>::wait(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, time, [] { return false; });
}

template class ListWatch<Pod>;
template class ListWatch<Namespace>;

}  // namespace pagefare
