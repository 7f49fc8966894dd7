// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/negative_cache.h"

#include <cassert>

namespace pagefare {

NegativeCache::NegativeCache(std::size_t capacity, Nanoseconds lifetime)
    : capacity_(capacity), lifetime_(lifetime) {
  assert(capacity > 0);
}

bool NegativeCache::contains(CgroupId id, Nanoseconds now) const {
  const auto found = expiry_.find(id);
  return found != expiry_.end() && now < found->second;
}

void NegativeCache::add(CgroupId id, Nanoseconds now) {
  assert(!contains(id, now));
  while (!by_age_.empty() && by_age_.front().expiry <= now) drop_oldest();
  while (by_age_.size() >= capacity_) drop_oldest();
  expiry_[id] = now + lifetime_;
  by_age_.push_back({id, now + lifetime_});
}

void NegativeCache::drop_oldest() {
  expiry_.erase(by_age_.front().id);
  by_age_.pop_front();
}

}  // namespace pagefare
