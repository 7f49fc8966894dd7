// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/settle.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "controller/core/fair/budget.h"
#include "controller/core/fair/level.h"

namespace pagefare::fair {
namespace {

Amounts smaller_of(const Amounts& a, const Amounts& b) {
  Amounts smaller;
  for (std::size_t r = 0; r < kResources; ++r) smaller[r] = std::min(a[r], b[r]);
  return smaller;
}

Amounts capped_sum(Amounts sum, const Amounts& more) {
  sum += more;
  return smaller_of(sum, {kUnlimited, kUnlimited, kUnlimited});
}

/// The claims below each claim, in one array; the machine itself stands after the last claim.
class Children {
 public:
  explicit Children(std::span<const Claim> claims) : first_(claims.size() + 2) {
    const auto above = [&claims](const Claim& claim) {
      return claim.parent == kNoParent ? claims.size() : claim.parent;
    };
    for (const Claim& claim : claims) ++first_[above(claim) + 1];
    for (std::size_t at = 1; at < first_.size(); ++at) first_[at] += first_[at - 1];
    below_.resize(claims.size());
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    for (std::size_t at = 0; at < claims.size(); ++at) below_[next[above(claims[at])]++] = at;
    for (std::size_t at = 0; at + 1 < first_.size(); ++at) {
      const auto all = std::span(below_).subspan(first_[at], first_[at + 1] - first_[at]);
      std::ranges::sort(all, {}, [&claims](std::size_t child) { return claims[child].rank; });
    }
  }

  std::span<const std::size_t> of(std::size_t claim) const {
    return std::span(below_).subspan(first_[claim], first_[claim + 1] - first_[claim]);
  }

 private:
  std::vector<std::size_t> first_;
  std::vector<std::size_t> below_;
};

/// What is scarce of `amounts`, and nothing of the rest.
Amounts scarce_part(const Amounts& amounts) {
  Amounts part;
  for (std::size_t r = 0; r < kResources; ++r) part[r] = amounts[r] < kUnlimited ? amounts[r] : 0;
  return part;
}

class Settling {
 public:
  Settling(std::span<const Claim> claims, const Amounts& capacity)
      : claims_(claims), children_(claims), demand_(claims.size()), bounds_(claims.size()) {
    settlement_.shares.resize(claims.size());
    settlement_.idle = capacity;
  }

  Settlement run() {
    const Amounts capacity = settlement_.idle;
    add_up_demand();
    share_out_below(claims_.size(), capacity);
    entitle_below(claims_.size(), scarce_part(capacity));
    for (std::size_t at = 0; at < claims_.size(); ++at) {
      // Filled from above: so far this is for the whole of the claim.
      const Amounts whole = settlement_.shares[at].entitled;
      share_out_below(at, bounds_[at]);
      entitle_below(at, whole);
    }
    add_up_shares();
    settlement_.idle = scarce_part(settlement_.idle);
    return std::move(settlement_);
  }

 private:
  /// Of a claim and all below it, as far as the caps on the way let it through.
  void add_up_demand() {
    for (std::size_t at = 0; at < claims_.size(); ++at) demand_[at] = claims_[at].demand;
    for (std::size_t at = claims_.size(); at-- > 0;) {
      demand_[at] = fit(demand_[at], claims_[at].cap);
      const std::size_t parent = claims_[at].parent;
      assert(parent == kNoParent || parent < at);
      if (parent != kNoParent) demand_[parent] = capped_sum(demand_[parent], demand_[at]);
    }
  }

  void share_out_below(std::size_t at, const Amounts& bounds) {
    const auto children = children_.of(at);
    if (children.empty() && at < claims_.size()) return;
    rivals_.clear();
    if (at < claims_.size()) compete(at, true, kDefaultWeight, 0, claims_[at].demand);
    for (const std::size_t child : children) {
      compete(child, false, claims_[child].weight, claims_[child].rank + 1, demand_[child]);
    }
    share_out(rivals_, bounds);
    for (const Rival& rival : rivals_) {
      if (rival.own_use || children_.of(rival.claim).empty()) {
        settlement_.shares[rival.claim].allocated = rival.given;
      } else {
        bound(rival, bounds);
      }
    }
  }

  void compete(std::size_t claim, bool own_use, std::uint32_t weight, std::uint64_t rank,
               const Amounts& demand) {
    Rival& rival = rivals_.emplace_back();
    rival.claim = claim;
    rival.own_use = own_use;
    rival.weight = weight;
    rival.rank = rank;
    rival.demand = demand;
  }

  /// What those below a claim share. What is neither scarce above nor capped is not scarce there.
  void bound(const Rival& rival, const Amounts& above) {
    for (std::size_t r = 0; r < kResources; ++r) {
      const bool scarce = above[r] < kUnlimited || claims_[rival.claim].cap[r] < kUnlimited;
      bounds_[rival.claim][r] = scarce ? rival.given[r] : kUnlimited;
    }
  }

  /// Splits what a claim is entitled to between itself and those below it.
  void entitle_below(std::size_t at, const Amounts& whole) {
    const auto children = children_.of(at);
    std::uint64_t weights = at < claims_.size() ? kDefaultWeight : 0;
    for (const std::size_t child : children) weights += claims_[child].weight;
    for (std::size_t r = 0; r < kResources; ++r) {
      Split split(whole[r], weights);
      for (const std::size_t child : children) {
        settlement_.shares[child].entitled[r] = split.take(claims_[child].weight);
      }
      if (at < claims_.size()) settlement_.shares[at].entitled[r] = split.take(kDefaultWeight);
    }
  }

  void add_up_shares() {
    for (Share& share : settlement_.shares) share.whole = share.allocated;
    for (std::size_t at = claims_.size(); at-- > 0;) {
      const std::size_t parent = claims_[at].parent;
      Amounts& above = parent == kNoParent ? granted_ : settlement_.shares[parent].whole;
      above += settlement_.shares[at].whole;
    }
    for (std::size_t r = 0; r < kResources; ++r) {
      if (settlement_.idle[r] < kUnlimited) settlement_.idle[r] -= granted_[r];
    }
  }

  std::span<const Claim> claims_;
  Children children_;
  std::vector<Amounts> demand_;
  std::vector<Amounts> bounds_;
  std::vector<Rival> rivals_;
  Amounts granted_;
  Settlement settlement_;
};

}  // namespace

Settlement settle(std::span<const Claim> claims, const Amounts& capacity) {
  return Settling(claims, capacity).run();
}

}  // namespace pagefare::fair
