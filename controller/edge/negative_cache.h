// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>

#include "controller/core/quantity.h"

namespace pagefare {

/// Remembers ids that have no path, each for a while and at most so many: the oldest make room.
class NegativeCache {
 public:
  /// Precondition: capacity > 0.
  NegativeCache(std::size_t capacity, Nanoseconds lifetime);

  /// True from add() until the lifetime is over or the id had to make room. Times are monotonic.
  bool contains(CgroupId id, Nanoseconds now) const;
  /// Precondition: !contains(id, now).
  void add(CgroupId id, Nanoseconds now);
  std::size_t size() const { return expiry_.size(); }

 private:
  struct Entry {
    CgroupId id;
    Nanoseconds expiry;
  };
  void drop_oldest();

  std::size_t capacity_;
  Nanoseconds lifetime_;
  std::unordered_map<CgroupId, Nanoseconds> expiry_;
  std::deque<Entry> by_age_;
};

}  // namespace pagefare
