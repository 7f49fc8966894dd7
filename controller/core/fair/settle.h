// SPDX-License-Identifier: Apache-2.0
// Who may have how much of what there is: weighted max-min fairness over a tree, on the dominant
// share where several resources are scarce. Pure and in integers.
//
// Sources: weighted max-min by water filling: Bertsekas and Gallager, Data Networks, 6.5.2; the
// dominant share: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, algorithm 1, as
// progressive filling with divisible tasks. Over a tree it is applied level by level from the root.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "controller/core/fair/amounts.h"

namespace pagefare::fair {

inline constexpr std::size_t kNoParent = SIZE_MAX;

/// A tenant as the arithmetic sees it.
struct Claim {
  std::size_t parent = kNoParent;  ///< index of the claim above; always smaller than its own
  std::uint32_t weight = 100;      ///< against its siblings
  std::uint64_t rank = 0;          ///< unique; breaks ties, so that the order of claims does not
  Amounts demand;                  ///< its own, without that of the claims below
  Amounts cap{kUnlimited, kUnlimited, kUnlimited};  ///< for itself and all below it
};

/// What a claim gets. All figures are for the claim's own use; `whole` includes those below.
struct Share {
  Amounts allocated;  ///< what it may use; no part is more than it demands
  Amounts entitled;   ///< what it would get if everybody wanted everything
  Amounts whole;      ///< allocated to it and to all below it
};

struct Settlement {
  std::vector<Share> shares;  ///< in the order of the claims
  Amounts idle;               ///< capacity that nobody wants; 0 where capacity is kUnlimited
};

/// Shares out `capacity`; kUnlimited = this resource is not scarce, everybody gets what he demands.
/// A claim that others lie below competes with them for what the whole of them gets, with
/// kDefaultWeight. Invariants, in integers, for every scarce resource:
///   sum of allocated + idle = capacity;  sum of entitled = capacity
///   for each claim: allocated <= demand; whole = its own + the whole of those below <= cap
///   with one scarce resource: idle > 0 only when nobody below his cap wants more
/// Amounts, capacities and demands must not exceed kUnlimited.
Settlement settle(std::span<const Claim> claims, const Amounts& capacity);

}  // namespace pagefare::fair
