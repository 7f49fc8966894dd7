// SPDX-License-Identifier: Apache-2.0
// What is shown of fairness. Part of the snapshot.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/fair/amounts.h"
#include "controller/core/fair/restraint.h"
#include "controller/core/fair/verdict.h"

namespace pagefare::fair {

/// Sums since the tenant was first seen, over restarts. For every scarce resource
/// earned + borrowed = lent + allocated, where allocated is what it could have used.
struct Dues {
  Amounts earned;    ///< its share of the capacity, had everybody wanted everything
  Amounts used;      ///< measured
  Amounts lent;      ///< of its share, left to others or to nobody
  Amounts borrowed;  ///< beyond its share, of what others did not want
  Amounts owed;  ///< borrowed and not yet given back; shrinks with what it lends. Never enforced

  bool operator==(const Dues&) const = default;
};

/// A cgroup that holds a budget, with everything below it that holds none of its own; or all
/// cgroups that no budget matches (kUnlistedPath).
struct TenantRow {
  std::string path;
  std::string match;  ///< Budget::match; empty for the unlisted
  std::uint32_t weight = 0;
  Amounts used;       ///< in the last period
  Amounts allocated;  ///< what it may use in a period; kUnlimited where nothing is scarce
  std::uint32_t dominant_ppm = 0;  ///< its largest share of a scarce resource in the last period
  Resource dominant{};
  Dues dues;
  Stage stage = Stage::kUnder;  ///< in advise: where it would be
  Rule rule = Rule::kWithin;
  std::string sentence;  ///< why it is where it is
  std::uint32_t gate_open_ppm = 1'000'000;
  std::uint64_t gate_refusals = 0;  ///< since the start
  Nanoseconds outside_quota{};      ///< charged to it in the last period
  Nanoseconds repaid{};             ///< since the start
  Nanoseconds outstanding{};        ///< still to be taken from its cpu.max
  std::uint32_t cgroups = 0;        ///< with an account, that share this budget
};

inline constexpr std::string_view kUnlistedPath = "~unlisted";

/// All of it, after one period.
struct FairState {
  bool active = false;  ///< there are budgets
  bool enforcing = false;
  std::string why_not;  ///< why nothing is enforced; empty when enforcing or not active
  Amounts capacity;     ///< per period; kUnlimited = not scarce
  bool capacity_auto = false;
  Amounts idle;  ///< of the last period
  std::uint32_t attributed_ppm = 1'000'000;
  std::vector<TenantRow> tenants;                   ///< sorted by path
  std::vector<LeverReach> reach;                    ///< by Action; empty in observe
  std::vector<Verdict> history;                     ///< newest last, bounded per tenant and in all
  std::array<std::uint64_t, kRules> verdicts{};     ///< said, by rule
  std::array<std::uint64_t, kStages> would_have{};  ///< steps up that advise did not carry out
  std::array<std::uint64_t, kStages> enforced{};    ///< steps up that were carried out
  std::array<std::array<std::uint64_t, kOutcomes>, kActions> outcomes{};  ///< of the levers
  std::uint64_t failed_applies = 0;
  bool takes_pod_budgets = false;       ///< pods may ask for budgets
  std::uint64_t pod_budgets = 0;        ///< granted
  std::vector<std::string> pod_faults;  ///< what was not, as sentences
  std::string last_error;               ///< empty when the levers could be asked in the last period
};

/// The tenant that pays for a cgroup: the nearest holder above it or itself; the unlisted when
/// there is none. Null when fairness is not active.
const TenantRow* find_tenant(const FairState& state, std::string_view path);

}  // namespace pagefare::fair
