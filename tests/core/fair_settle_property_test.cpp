// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "controller/core/fair/settle.h"
#include "tests/support/properties.h"

namespace pagefare::fair {
namespace {

using test::holds;

constexpr std::uint64_t kMost = 1'000'000'000'000;

/// Any tree: of each claim, the parent is one of those before it or the machine.
std::vector<Claim> any_tree(bool several_resources, bool caps) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 40);
  const auto amount = [] {
    const auto magnitude = *rc::gen::inRange<unsigned>(0, 40);
    return *rc::gen::inRange<std::uint64_t>(0, (std::uint64_t{1} << magnitude) + 1);
  };
  std::vector<Claim> claims(size);
  for (std::size_t at = 0; at < size; ++at) {
    const auto above = *rc::gen::inRange<std::size_t>(0, at + 1);
    claims[at].parent = above == 0 ? kNoParent : above - 1;
    claims[at].weight = *rc::gen::inRange<std::uint32_t>(1, 10'001);
    claims[at].rank = at;
    for (std::size_t r = 0; r < (several_resources ? kResources : 1); ++r) {
      claims[at].demand[r] = amount();
      if (caps && *rc::gen::inRange(0, 4) == 0) claims[at].cap[r] = amount();
    }
  }
  return claims;
}

Amounts any_capacity(bool several_resources) {
  Amounts capacity{kUnlimited, kUnlimited, kUnlimited};
  for (std::size_t r = 0; r < (several_resources ? kResources : 1); ++r) {
    if (r == 0 || *rc::gen::arbitrary<bool>())
      capacity[r] = *rc::gen::inRange<std::uint64_t>(0, kMost);
  }
  return capacity;
}

std::vector<std::size_t> children_of(const std::vector<Claim>& claims, std::size_t parent) {
  std::vector<std::size_t> children;
  for (std::size_t at = 0; at < claims.size(); ++at) {
    if (claims[at].parent == parent) children.push_back(at);
  }
  return children;
}

TEST(FairSettle, GivesAwayTheCapacityExactly) {
  holds([] {
    const auto claims = any_tree(true, true);
    const Amounts capacity = any_capacity(true);
    const Settlement settlement = settle(claims, capacity);
    for (std::size_t r = 0; r < kResources; ++r) {
      if (capacity[r] == kUnlimited) continue;
      std::uint64_t sum = settlement.idle[r];
      std::uint64_t entitled = 0;
      for (const Share& share : settlement.shares) {
        sum += share.allocated[r];
        entitled += share.entitled[r];
      }
      RC_ASSERT(sum == capacity[r]);
      RC_ASSERT(entitled == capacity[r]);
    }
  });
}

TEST(FairSettle, GivesNobodyMoreThanHeDemandsOrHisCap) {
  holds([] {
    const auto claims = any_tree(true, true);
    const Settlement settlement = settle(claims, any_capacity(true));
    for (std::size_t at = 0; at < claims.size(); ++at) {
      for (std::size_t r = 0; r < kResources; ++r) {
        RC_ASSERT(settlement.shares[at].allocated[r] <= claims[at].demand[r]);
        RC_ASSERT(settlement.shares[at].whole[r] <= claims[at].cap[r]);
      }
    }
  });
}

TEST(FairSettle, KeepsChildrenWithinTheirParent) {
  holds([] {
    const auto claims = any_tree(true, true);
    const Settlement settlement = settle(claims, any_capacity(true));
    for (std::size_t at = 0; at < claims.size(); ++at) {
      Amounts sum = settlement.shares[at].allocated;
      for (const std::size_t child : children_of(claims, at)) sum += settlement.shares[child].whole;
      RC_ASSERT(sum == settlement.shares[at].whole);
    }
  });
}

TEST(FairSettle, NeverLendsMoreThanIsLeft) {
  holds([] {
    const auto claims = any_tree(false, false);
    const Amounts capacity = any_capacity(false);
    const Settlement settlement = settle(claims, capacity);
    std::uint64_t lent = 0;
    std::uint64_t borrowed = 0;
    for (const Share& share : settlement.shares) {
      lent += std::max(share.entitled[0], share.allocated[0]) - share.allocated[0];
      borrowed += std::max(share.entitled[0], share.allocated[0]) - share.entitled[0];
    }
    RC_ASSERT(lent == borrowed + settlement.idle[0]);
  });
}

/// What is left over stays left over only when nobody below his caps wants more.
TEST(FairSettle, LeavesNothingIdleThatSomebodyWants) {
  holds([] {
    const auto claims = any_tree(false, true);
    const Settlement settlement = settle(claims, any_capacity(false));
    if (settlement.idle[0] == 0) return;
    for (std::size_t at = 0; at < claims.size(); ++at) {
      bool at_a_cap = false;
      for (std::size_t up = at; up != kNoParent; up = claims[up].parent) {
        at_a_cap = at_a_cap || settlement.shares[up].whole[0] == claims[up].cap[0];
      }
      RC_ASSERT(at_a_cap || settlement.shares[at].allocated[0] == claims[at].demand[0]);
    }
  });
}

/// Nobody who wants more has less per weight than a sibling who got more than a crumb beyond.
TEST(FairSettle, IsMaxMinAmongSiblings) {
  holds([] {
    const auto claims = any_tree(false, false);
    const Settlement settlement = settle(claims, any_capacity(false));
    std::vector<std::uint64_t> wanted(claims.size());
    for (std::size_t at = claims.size(); at-- > 0;) {
      wanted[at] += claims[at].demand[0];
      if (claims[at].parent != kNoParent) wanted[claims[at].parent] += wanted[at];
    }
    for (std::size_t a = 0; a < claims.size(); ++a) {
      if (settlement.shares[a].whole[0] == wanted[a]) continue;
      for (const std::size_t b : children_of(claims, claims[a].parent)) {
        // whole_b / weight_b <= whole_a / weight_a, but for one unit each of rounding.
        const auto left = settlement.shares[b].whole[0] * claims[a].weight;
        const auto right = settlement.shares[a].whole[0] * claims[b].weight;
        RC_ASSERT(left <= right + 41 * (claims[a].weight + claims[b].weight));
      }
    }
  });
}

TEST(FairSettle, DoesNotGiveLessForMoreWeight) {
  holds([] {
    auto claims = any_tree(false, true);
    const Amounts capacity = any_capacity(false);
    const auto at = *rc::gen::inRange<std::size_t>(0, claims.size());
    const auto before = settle(claims, capacity).shares[at].whole[0];
    claims[at].weight += *rc::gen::inRange<std::uint32_t>(0, 10'001 - claims[at].weight);
    // One unit for each sibling whose part is rounded before this one's.
    RC_ASSERT(settle(claims, capacity).shares[at].whole[0] + claims.size() >= before);
  });
}

TEST(FairSettle, DoesNotDependOnTheOrderOfClaims) {
  holds([] {
    const auto claims = any_tree(true, true);
    const Amounts capacity = any_capacity(true);
    // Any order in which parents stay before children: by a random key, a parent's below its own.
    std::vector<std::uint32_t> key(claims.size());
    for (std::size_t at = 0; at < claims.size(); ++at) {
      const std::uint32_t above = claims[at].parent == kNoParent ? 0 : key[claims[at].parent];
      key[at] = above + *rc::gen::inRange<std::uint32_t>(1, 1000);
    }
    std::vector<std::size_t> order(claims.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [&](std::size_t at) { return key[at]; });
    std::vector<std::size_t> place(claims.size());
    for (std::size_t at = 0; at < order.size(); ++at) place[order[at]] = at;
    std::vector<Claim> shuffled;
    for (const std::size_t at : order) {
      Claim claim = claims[at];
      if (claim.parent != kNoParent) claim.parent = place[claim.parent];
      shuffled.push_back(claim);
    }
    const Settlement one = settle(claims, capacity);
    const Settlement other = settle(shuffled, capacity);
    for (std::size_t at = 0; at < claims.size(); ++at) {
      RC_ASSERT(one.shares[at].allocated == other.shares[place[at]].allocated);
      RC_ASSERT(one.shares[at].entitled == other.shares[place[at]].entitled);
    }
    RC_ASSERT(one.idle == other.idle);
  });
}

/// Flat: more of it for one is possible only where every resource that he needs has room.
TEST(FairSettle, UsesUpAResourceOfEverybodyWhoWantsMore) {
  holds([] {
    auto claims = any_tree(true, false);
    Amounts capacity = any_capacity(true);
    // As large as real ones: of ten units, rounding would leave a tenth.
    for (std::size_t r = 0; r < kResources; ++r) {
      capacity[r] = std::min(capacity[r] + 1'000'000, kUnlimited);
      for (Claim& claim : claims) claim.demand[r] *= 1000;
    }
    for (Claim& claim : claims) claim.parent = kNoParent;
    const Settlement settlement = settle(claims, capacity);
    for (std::size_t at = 0; at < claims.size(); ++at) {
      const Amounts& got = settlement.shares[at].allocated;
      if (got == claims[at].demand) continue;
      bool used_up = false;
      for (std::size_t r = 0; r < kResources; ++r) {
        // Rounding leaves at most a unit for each claim, in proportion to the other resources.
        const bool scarce = capacity[r] < kUnlimited && claims[at].demand[r] > 0;
        used_up =
            used_up || (scarce && settlement.idle[r] <= capacity[r] / 100'000 + claims.size());
      }
      RC_ASSERT(used_up);
    }
  });
}

}  // namespace
}  // namespace pagefare::fair
