// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/core/quantity.h"

namespace pagefare {

/// Turns cgroup ids into paths below the hierarchy's root; the root is "/".
class CgroupNames {
 public:
  CgroupNames() = default;
  CgroupNames(const CgroupNames&) = delete;
  CgroupNames& operator=(const CgroupNames&) = delete;
  virtual ~CgroupNames() = default;

  /// The path of a living cgroup, or nothing. Answers both ways are remembered; the path of a
  /// removed cgroup is remembered until forget().
  virtual std::optional<std::string> path(CgroupId id) = 0;

  /// Looks at some of the remembered cgroups, a bounded number per call, all of them in turn, and
  /// returns those whose directory is gone since the last look.
  virtual std::vector<CgroupId> find_removed() = 0;

  virtual void forget(CgroupId id) = 0;

  /// Look-ups that found no path, since the start.
  virtual std::uint64_t failures() const = 0;
};

}  // namespace pagefare
