// SPDX-License-Identifier: Apache-2.0
// Sharing among siblings: one level of the tree that settle() goes down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "controller/core/fair/amounts.h"
#include "controller/core/fair/wide.h"

namespace pagefare::fair {

/// `demand`, made smaller in all its parts alike until no part is above `bound`.
Amounts fit(const Amounts& demand, const Amounts& bound);

/// One who competes at a level: a claim with all below it, or a claim's own use.
struct Rival {
  std::size_t claim = 0;
  bool own_use = false;
  std::uint32_t weight = 0;
  std::uint64_t rank = 0;
  Amounts demand;
  Amounts given;             ///< filled in
  std::size_t dominant = 0;  ///< the resource of which it wants the largest share
  std::array<std::uint64_t, kResources> pace{};  ///< what it gets per unit of the water level
};

/// Gives `bound` to the rivals: weighted max-min of their dominant shares. Reorders them. No one
/// gets more than it demands; of a resource that is not scarce (bound kUnlimited) everybody gets as
/// much as fits what it gets of the others.
void share_out(std::vector<Rival>& rivals, const Amounts& bound);

/// Splits `amount` by weight, the parts adding up to it exactly.
class Split {
 public:
  Split(std::uint64_t amount, std::uint64_t weights) : left_(amount), weights_(weights) {}
  /// Precondition: `weight` is not more than what is left of the weights.
  std::uint64_t take(std::uint64_t weight) {
    if (weights_ == 0) return 0;
    const std::uint64_t part = scaled(left_, weight, weights_);
    left_ -= part;
    weights_ -= weight;
    return part;
  }

 private:
  std::uint64_t left_;
  std::uint64_t weights_;
};

}  // namespace pagefare::fair
