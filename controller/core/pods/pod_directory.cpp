// SPDX-License-Identifier: Apache-2.0
#include "controller/core/pods/pod_directory.h"

#include <algorithm>
#include <utility>

namespace pagefare {
namespace {

constexpr std::size_t kMostContainers = 64;

}  // namespace

void PodDirectory::put(Pod pod) {
  const std::string uid = pod.uid;
  if (const auto known = pods_.find(uid); known != pods_.end()) {
    // A container that ended leaves the status before its cgroup is gone; one that keeps crashing
    // must not fill the memory.
    if (known->second.containers.size() < kMostContainers) {
      pod.containers.merge(known->second.containers);
    }
    uid_of_static_.erase(known->second.static_uid);
  }
  if (!pod.static_uid.empty()) uid_of_static_[pod.static_uid] = uid;
  deleted_.erase(uid);
  pods_[uid] = std::move(pod);
}

void PodDirectory::remove(const std::string& uid, Nanoseconds now) {
  if (!pods_.contains(uid)) return;
  deleted_.try_emplace(uid, now);
  if (deleted_.size() > most_deleted_) {
    const auto oldest =
        std::ranges::min_element(deleted_, {}, [](const auto& entry) { return entry.second; });
    drop(std::string(oldest->first));
  }
}

void PodDirectory::replace(std::vector<Pod> pods, Nanoseconds now) {
  std::set<std::string> living;
  for (Pod& pod : pods) {
    living.insert(pod.uid);
    put(std::move(pod));
  }
  std::vector<std::string> gone;
  for (const auto& [uid, pod] : pods_) {
    if (!living.contains(uid)) gone.push_back(uid);
  }
  for (const std::string& uid : gone) remove(uid, now);
}

void PodDirectory::expire(Nanoseconds now) {
  std::vector<std::string> over;
  for (const auto& [uid, since] : deleted_) {
    if (now - since >= remember_) over.push_back(uid);
  }
  for (const std::string& uid : over) drop(uid);
}

void PodDirectory::drop(const std::string& uid) {
  const auto known = pods_.find(uid);
  if (known == pods_.end()) return;
  uid_of_static_.erase(known->second.static_uid);
  pods_.erase(known);
  deleted_.erase(uid);
}

const Pod* PodDirectory::by_uid(const std::string& uid) const {
  if (const auto found = pods_.find(uid); found != pods_.end()) return &found->second;
  const auto other = uid_of_static_.find(uid);
  return other == uid_of_static_.end() ? nullptr : &pods_.at(other->second);
}

const Pod* PodDirectory::find_pod(std::string_view cgroup_path) const {
  for (const PodCgroup& candidate : pods_on_path(cgroup_path)) {
    if (const Pod* const pod = by_uid(candidate.uid)) return pod;
  }
  return nullptr;
}

std::optional<std::string_view> PodDirectory::find_pod_path(std::string_view cgroup_path) const {
  const Pod* const pod = find_pod(cgroup_path);
  if (pod == nullptr) return std::nullopt;
  for (std::size_t end = 1; end <= cgroup_path.size(); ++end) {
    if (end < cgroup_path.size() && cgroup_path[end] != '/') continue;
    const std::string_view part = cgroup_path.substr(0, end);
    const std::vector<PodCgroup> pods = pods_on_path(part);
    if (pods.empty() || by_uid(pods.back().uid) != pod) continue;
    // One component may be pod and container in one.
    return pods.back().container.empty() ? std::optional(part) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<PodName> PodDirectory::find(std::string_view cgroup_path) const {
  for (const PodCgroup& candidate : pods_on_path(cgroup_path)) {
    const Pod* const pod = by_uid(candidate.uid);
    if (pod == nullptr) continue;
    const auto container = pod->containers.find(candidate.container);
    return PodName{.name_space = pod->name_space,
                   .pod = pod->name,
                   .container = container == pod->containers.end() ? "" : container->second};
  }
  return std::nullopt;
}

}  // namespace pagefare
