// SPDX-License-Identifier: Apache-2.0
// One period of fairness: who used what, who may use what, and what is to be done about it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/attribution.h"
#include "controller/core/fair/capacity.h"
#include "controller/core/fair/memory.h"
#include "controller/core/fair/restraint.h"
#include "controller/core/fair/settle.h"
#include "controller/core/fair/state.h"
#include "controller/core/fair/tenants.h"

namespace pagefare::fair {

/// What the steward sees of one period.
struct Period {
  std::uint64_t number = 0;
  std::int64_t unix_ns = 0;
  Nanoseconds now{};  ///< monotonic
  MachineState machine;
  const Attribution* attribution = nullptr;
  std::vector<std::pair<CgroupId, Bytes>> promoted;  ///< charged, for numa_misplaced
};

struct StewardSettings {
  Policy policy;
  bool enforce = false;  ///< false: advise
  std::string why_not;   ///< where not: one clause
  std::string own_path;
  std::string boot_id;
};

class Steward {
 public:
  Steward(StewardSettings settings, Memory memory);

  /// Every id of an attribution that has a path is told before its first period; one that never is
  /// counts with the unlisted.
  Tenants& tenants() { return tenants_; }

  void set_reach(std::vector<LeverReach> reach);
  /// What came of the gates in the period that the next turn() is about.
  void take_counts(const std::vector<LeverCounts>& all);
  /// What became of the restraints told last; nothing when they could not be told.
  void take(const LeverReport& report);
  void take_failure(std::string message);

  /// Settles, judges, and says what is to hold until the next period. Empty in advise.
  Restraints turn(const Period& period);

  FairState state() const;

 private:
  void charge(const Period& period);
  Amounts used_by_all() const;
  bool is_contended(const MachineState& machine, const Amounts& used) const;
  bool has_room(const Amounts& used) const;
  void feed(bool contended, bool has_room);
  void reach_for(const Amounts& used);
  void settle_all(const Period& period);
  void book(Tenant& tenant, const Share& share) const;
  Claim claim_of(Tenant& tenant, Nanoseconds duration) const;
  Case case_of(const Tenant& tenant, const Share& share, const Period& period) const;
  void judge(Tenant& tenant, const Case& about, const Period& period);
  void say(Tenant& tenant, const Period& period);
  Actions available() const;
  void restrain(Tenant& tenant, Nanoseconds period, Restraints& restraints);
  bool is_incomplete() const { return attributed_ppm_ < tenants_.policy().least_attributed_ppm; }
  std::string why_not() const;
  Restraints restraints(const Period& period);
  std::optional<std::uint64_t> promotion_limit() const;
  void weigh_completeness(const Attribution& attribution);
  TenantRow row(const Tenant& tenant) const;
  Tenant* tenant_of(const std::string& told);

  StewardSettings settings_;
  Tenants tenants_;
  Capacity capacity_;
  std::vector<LeverReach> reach_;
  Actions available_now_;
  Amounts capacity_now_{kUnlimited, kUnlimited, kUnlimited};
  Amounts reached_{kUnlimited, kUnlimited, kUnlimited};  // what could be used of it
  std::uint32_t calm_periods_ = 0;
  static constexpr std::uint32_t kCalmEnough = 16;
  Settlement settlement_;
  std::vector<Claim> claims_;
  Amounts measured_;      // of late: older periods count less and less
  Amounts unattributed_;  // of that
  std::uint32_t attributed_ppm_ = kMillion;
  std::map<std::string, std::string> gripped_;  // whose each told path is: of the tenant
  std::deque<Verdict> history_;
  std::uint64_t next_id_ = 1;
  std::array<std::uint64_t, kRules> verdicts_{};
  std::array<std::uint64_t, kStages> steps_{};
  std::array<std::array<std::uint64_t, kOutcomes>, kActions> outcomes_{};
  std::uint64_t failed_applies_ = 0;
  std::string last_error_;
};

}  // namespace pagefare::fair
