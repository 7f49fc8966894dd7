// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "controller/core/quantity.h"

namespace pagefare {

/// Whose child a cgroup is that may be gone already.
class CgroupBirths {
 public:
  CgroupBirths() = default;
  CgroupBirths(const CgroupBirths&) = delete;
  CgroupBirths& operator=(const CgroupBirths&) = delete;
  virtual ~CgroupBirths() = default;

  /// The cgroup in which this one was made; nothing where it was made before anybody looked, or so
  /// long ago that others took its place.
  virtual std::optional<CgroupId> parent(CgroupId id) const = 0;
};

}  // namespace pagefare
