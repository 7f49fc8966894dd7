// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/cgroup_paths.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace pagefare {

namespace {

/// A walk may take one part in so many of the time.
constexpr int kWalkShare = 200;

}  // namespace

CgroupPaths::CgroupPaths(std::string root, Clock& clock, CgroupPathsSettings settings)
    : root_(std::move(root)),
      clock_(clock),
      settings_(settings),
      handles_(root_),
      why_walking_(settings.use_handles ? handles_.obstacle() : "chosen by a setting"),
      negative_(settings.negative_capacity, settings.negative_lifetime) {}

std::optional<std::string> CgroupPaths::path(CgroupId id) {
  if (const auto known = paths_.find(id); known != paths_.end()) return below_root(known->second);
  const Nanoseconds now = clock_.monotonic();
  if (negative_.contains(id, now)) return std::nullopt;
  auto found = search(id, now);
  if (!found) return std::nullopt;
  watched_.insert(id);
  const auto& kept = paths_[id] = std::move(*found);
  return below_root(kept);
}

std::optional<std::string> CgroupPaths::search(CgroupId id, Nanoseconds now) {
  if (why_walking_) return search_by_walk(id, now);
  auto answer = handles_.find(id);
  if (answer.error == EPERM || answer.error == EACCES) {
    // The daemon dropped the capability, or somebody took it away.
    why_walking_ = "open_by_handle_at: " + std::generic_category().message(answer.error);
    spdlog::warn("cgroup names come from walks of {} from now on: {}", root_, *why_walking_);
    return search_by_walk(id, now);
  }
  if (answer.error != 0) {  // out of memory or descriptors: ask again next time
    ++failures_;
    return std::nullopt;
  }
  if (!answer.path) give_up(id, now);
  return std::move(answer.path);
}

std::optional<std::string> CgroupPaths::search_by_walk(CgroupId id, Nanoseconds now) {
  if (auto found = take_from_last_walk(id)) return found;
  waiting_.insert(id);
  if (!next_walk_ || now >= *next_walk_) {
    walk(now);
    return take_from_last_walk(id);
  }
  // A set that only unresolvable ids fill must not grow without end between two walks.
  if (waiting_.size() > settings_.negative_capacity) waiting_.clear();
  return std::nullopt;
}

std::optional<std::string> CgroupPaths::take_from_last_walk(CgroupId id) {
  const auto found = walked_.find(id);
  if (found == walked_.end()) return std::nullopt;
  std::string path = std::move(found->second);
  walked_.erase(found);  // from now on it is remembered, or was gone already
  const Look look = look_at(path);
  if (look.kind != Look::Kind::kThere || look.id != id) return std::nullopt;
  return path;
}

void CgroupPaths::walk(Nanoseconds now) {
  const Nanoseconds before = clock_.thread_cpu();
  walked_ = walk_cgroups(root_);
  const Nanoseconds cost = clock_.thread_cpu() - before;
  ++walks_;
  next_walk_ = now + std::max(settings_.walk_interval, cost * kWalkShare);
  for (const CgroupId id : waiting_) {
    if (!walked_.contains(id) && !negative_.contains(id, now)) give_up(id, now);
  }
  waiting_.clear();
}

void CgroupPaths::give_up(CgroupId id, Nanoseconds now) {
  negative_.add(id, now);
  ++failures_;
}

std::vector<CgroupId> CgroupPaths::find_removed() {
  std::vector<CgroupId> removed;
  const std::size_t looks = std::min(settings_.looks_per_call, watched_.size());
  auto next = watched_.upper_bound(last_looked_at_);
  for (std::size_t i = 0; i < looks; ++i) {
    if (next == watched_.end()) next = watched_.begin();
    last_looked_at_ = *next;
    if (!is_removed(*next)) {
      ++next;
      continue;
    }
    removed.push_back(*next);
    next = watched_.erase(next);
  }
  return removed;
}

bool CgroupPaths::is_removed(CgroupId id) {
  std::string& known = paths_[id];
  const Look look = look_at(known);
  if (look.kind == Look::Kind::kUnknown) return false;
  if (look.kind == Look::Kind::kThere && look.id == id) return false;
  if (why_walking_) return true;
  // On v1 a cgroup may have been renamed, or one above it.
  auto answer = handles_.find(id);
  if (answer.error != 0) return false;
  if (!answer.path) return true;
  known = std::move(*answer.path);
  return false;
}

void CgroupPaths::forget(CgroupId id) {
  paths_.erase(id);
  watched_.erase(id);
}

std::string CgroupPaths::below_root(const std::string& absolute) const {
  return absolute.size() == root_.size() ? "/" : absolute.substr(root_.size());
}

}  // namespace pagefare
