// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "controller/edge/cgroup_lookup.h"
#include "controller/edge/negative_cache.h"
#include "controller/ports/cgroup_names.h"
#include "controller/ports/clock.h"

namespace pagefare {

struct CgroupPathsSettings {
  std::size_t negative_capacity = 4096;
  Nanoseconds negative_lifetime = std::chrono::seconds(60);
  /// Least time between two walks of the tree; also at least 200 times what the last one cost.
  Nanoseconds walk_interval = std::chrono::seconds(5);
  std::size_t looks_per_call = 64;
  bool use_handles = true;  ///< false: walk even where the kernel could be asked
};

/// Cgroup paths of one hierarchy. Asks the kernel by handle where that is allowed, else walks the
/// tree, rarely: an id unknown to the last walk then has no path until the next one. Ids without a
/// path cost a look-up in memory until their time is over.
class CgroupPaths final : public CgroupNames {
 public:
  /// `root` is where the hierarchy is mounted, without a slash at its end.
  CgroupPaths(std::string root, Clock& clock, CgroupPathsSettings settings = {});

  std::optional<std::string> path(CgroupId id) override;
  std::vector<CgroupId> find_removed() override;
  void forget(CgroupId id) override;
  /// Ids that a search did not find; repeated questions answered from memory are not counted again.
  std::uint64_t failures() const override { return failures_; }

  /// Why the tree is walked, in one sentence; nothing while the kernel is asked by handle.
  const std::optional<std::string>& why_walking() const { return why_walking_; }
  std::uint64_t walks() const { return walks_; }
  /// Ids with a path in memory; grows until forget().
  std::size_t remembered() const { return paths_.size(); }

 private:
  std::optional<std::string> search(CgroupId id, Nanoseconds now);
  std::optional<std::string> search_by_walk(CgroupId id, Nanoseconds now);
  std::optional<std::string> take_from_last_walk(CgroupId id);
  void walk(Nanoseconds now);
  void give_up(CgroupId id, Nanoseconds now);
  bool is_removed(CgroupId id);
  std::string below_root(const std::string& absolute) const;

  std::string root_;
  Clock& clock_;
  CgroupPathsSettings settings_;
  CgroupHandles handles_;
  std::optional<std::string> why_walking_;

  std::unordered_map<CgroupId, std::string> paths_;  // absolute; removed ones too until forget()
  std::set<CgroupId> watched_;                       // those of paths_ not known to be removed
  CgroupId last_looked_at_;
  NegativeCache negative_;

  std::map<CgroupId, std::string> walked_;  // as of the last walk, less what was taken
  std::unordered_set<CgroupId> waiting_;    // asked for since, and not in it
  std::optional<Nanoseconds> next_walk_;    // nothing before the first one
  std::uint64_t walks_ = 0;
  std::uint64_t failures_ = 0;
};

}  // namespace pagefare
