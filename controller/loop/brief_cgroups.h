// SPDX-License-Identifier: Apache-2.0
// Cgroups that were charged and had gone before anybody could ask for their path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/ports/cgroup_births.h"
#include "controller/ports/cgroup_names.h"

namespace pagefare {

class BriefCgroups {
 public:
  /// `births` may be null: nothing is known of any. Both must outlive the object.
  BriefCgroups(CgroupNames& names, const CgroupBirths* births) : names_(names), births_(births) {}

  bool contains(CgroupId id) const { return seen_.contains(id); }
  /// The path of the nearest cgroup above that has one; nothing where none is known.
  std::optional<std::string> ancestor(CgroupId id) const;
  /// Charged in this period.
  void see(CgroupId id, std::uint64_t period) { seen_[id] = period; }
  void erase(CgroupId id) { seen_.erase(id); }
  /// Takes out those that were not seen for so long that nothing can be held against their like
  /// any more, and the oldest of too many.
  std::vector<CgroupId> take_old(std::uint64_t period);

 private:
  /// More periods than a tenant can owe: see Turnstile.
  static constexpr std::uint64_t kStay = 64;
  static constexpr std::size_t kMost = 4096;
  /// The kernel allows as many levels as fit into a path.
  static constexpr int kMostLevels = 2048;

  CgroupNames& names_;
  const CgroupBirths* births_;
  std::map<CgroupId, std::uint64_t> seen_;  // the period in which it was charged last
};

}  // namespace pagefare
