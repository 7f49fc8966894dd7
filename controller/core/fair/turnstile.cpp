// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/turnstile.h"

#include <algorithm>

#include "controller/core/fair/wide.h"

namespace pagefare::fair {
namespace {

constexpr std::uint64_t kThousand = 1000;

/// So large that older periods still count a little, so small that a new kind of call shows soon.
std::uint64_t faded(std::uint64_t amount) {
  return amount - amount / 2;
}

std::uint64_t bounded(Wide amount) {
  return amount > kUnlimited ? kUnlimited : static_cast<std::uint64_t>(amount);
}

}  // namespace

void Turnstile::reset() {
  owed_ = {};
  kept_ = {};
}

void Turnstile::learn(const Passage& passage) {
  if (passage.admitted > 0) {
    for (std::size_t r = 0; r < kResources; ++r) paid_[r] = faded(paid_[r]) + passage.used[r];
    calls_ = faded(calls_) + passage.admitted * kThousand;
    idle_for_ = 0;
  } else if (calls_ > 0 && passage.refused && ++idle_for_ <= kLongestCall) {
    // Of calls that were let through earlier and had not ended then. While nobody is refused no
    // gate holds, and calls are not counted.
    paid_ += passage.used;
  }
}

std::uint64_t Turnstile::price(std::size_t resource) const {
  return calls_ == 0 ? 0 : bounded(static_cast<Wide>(paid_[resource]) * kThousand / calls_);
}

void Turnstile::settle(const Passage& passage, const Amounts& limit) {
  learn(passage);
  for (std::size_t r = 0; r < kResources; ++r) {
    const std::uint64_t most = bounded(static_cast<Wide>(limit[r]) * kMostPeriods);
    const std::uint64_t gain = limit[r] + kept_[r];
    const std::uint64_t cost = passage.used[r] + owed_[r];
    owed_[r] = std::min(cost - std::min(cost, gain), most);
    // Only who was turned away keeps what he did not use: the others have their burst.
    const std::uint64_t left = passage.refused ? gain - std::min(gain, cost) : 0;
    kept_[r] = std::min({left, most, std::max(limit[r], price(r))});
  }
}

std::uint64_t Turnstile::target(std::size_t resource, std::uint64_t limit) const {
  const std::uint64_t gain = limit + kept_[resource];
  return gain - std::min(gain, owed_[resource]);
}

std::optional<std::uint64_t> Turnstile::calls(std::size_t resource, std::uint64_t amount) const {
  const std::uint64_t one = price(resource);
  if (one == 0) return std::nullopt;
  return amount / one;
}

}  // namespace pagefare::fair
