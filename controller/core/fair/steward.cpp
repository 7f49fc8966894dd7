// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/steward.h"

#include <algorithm>

#include "controller/core/fair/wide.h"

namespace pagefare::fair {
namespace {

std::uint64_t count(Nanoseconds time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.count()));
}

Amounts bounded(const Amounts& amounts) {
  Amounts bounded;
  for (std::size_t r = 0; r < kResources; ++r) bounded[r] = std::min(amounts[r], kUnlimited - 1);
  return bounded;
}

Amounts charged_to(const Account& account) {
  return {count(account.charged.copy_cpu) + count(account.outside_quota),
          account.charged.bytes.value, count(account.dma_channel)};
}

Amounts charged_to_nobody(const Attribution& attribution) {
  Amounts sum;
  for (const Unattributed& part : attribution.unattributed) {
    sum += {count(part.cost.copy_cpu) + count(part.worker_cpu), part.cost.bytes.value,
            count(part.dma_channel)};
  }
  return sum;
}

/// Half of what was promoted counts on for a period, so that a pause is not taken for the end.
Bytes halved(Bytes bytes) {
  return {bytes.value / 2};
}

}  // namespace

Steward::Steward(StewardSettings settings, Memory memory)
    : settings_(std::move(settings)),
      tenants_(settings_.policy, settings_.own_path, std::move(memory), settings_.boot_id),
      available_now_(available()) {}

void Steward::charge(const Period& period) {
  for (auto& [path, tenant] : tenants_.all()) {
    tenant.used = {};
    tenant.outside_quota = {};
    tenant.promoted = halved(tenant.promoted);
  }
  for (const auto& [id, account] : period.attribution->accounts) {
    Tenant* const found = tenants_.find(id);
    Tenant& tenant = found != nullptr ? *found : tenants_.unlisted();
    tenant.used += charged_to(account);
    tenant.outside_quota += account.outside_quota;
    tenant.last_seen_unix_ns = period.unix_ns;
  }
  for (const auto& [id, bytes] : period.promoted) {
    Tenant* const tenant = tenants_.find(id);
    (tenant != nullptr ? *tenant : tenants_.unlisted()).promoted += bytes;
  }
  tenants_.unlisted().used += charged_to_nobody(*period.attribution);
}

Amounts Steward::used_by_all() const {
  Amounts sum;
  for (const auto& [path, tenant] : tenants_.all()) sum += tenant.used;
  return sum;
}

void Steward::weigh_completeness(const Attribution& attribution) {
  const Totals& totals = attribution.measured;
  const Amounts measured{count(totals.copy_cpu) + count(totals.worker_cpu), totals.bytes.value, 0};
  const Amounts missing = charged_to_nobody(attribution);
  attributed_ppm_ = kMillion;
  for (std::size_t r = 0; r < kResources; ++r) {
    measured_[r] += measured[r] - measured_[r] / 8;
    unattributed_[r] += missing[r] - unattributed_[r] / 8;
    if (measured_[r] == 0) continue;
    const std::uint64_t known = measured_[r] - std::min(measured_[r], unattributed_[r]);
    attributed_ppm_ = std::min(attributed_ppm_, ppm_of(known, measured_[r]));
  }
}

bool Steward::is_contended(const MachineState& machine, const Amounts& used) const {
  constexpr std::uint32_t kStalled = 200'000;
  if (machine.stalled_ppm.value_or(0) > kStalled) return true;
  for (std::size_t r = 0; r < kResources; ++r) {
    const bool scarce = capacity_now_[r] < kUnlimited;
    if (scarce && used[r] >= capacity_now_[r] / 4 * 3) return true;
  }
  return std::ranges::any_of(tenants_.all(), [](const auto& entry) {
    return entry.second.standing.stage() != Stage::kUnder;
  });
}

bool Steward::has_room(const Amounts& used) const {
  for (std::size_t r = 0; r < kResources; ++r) {
    const bool scarce = capacity_now_[r] < kUnlimited;
    if (scarce && used[r] >= capacity_now_[r] - capacity_now_[r] / 10) return false;
  }
  return true;
}

void Steward::feed(bool contended, bool has_room) {
  const auto is_held = [](const Tenant& tenant) {
    return tenant.standing.stage() != Stage::kUnder;
  };
  const auto held = std::ranges::count_if(tenants_.all(),
                                          [&](const auto& entry) { return is_held(entry.second); });
  for (auto& [path, tenant] : tenants_.all()) {
    tenant.appetite.take({.used = bounded(tenant.used),
                          .gated = tenant.gated,
                          .refusals = tenant.refusals,
                          .contended = contended,
                          .had_room = has_room,
                          .others_held = held > (is_held(tenant) ? 1 : 0)});
  }
}

Claim Steward::claim_of(Tenant& tenant, Nanoseconds duration) const {
  const Policy& policy = tenants_.policy();
  Claim claim;
  claim.weight = policy.unlisted_weight;
  claim.rank = tenant.claim;
  claim.demand = bounded(tenant.appetite.demand(capacity_now_));
  claim.parent = tenant.parent == nullptr ? kNoParent : tenant.parent->claim;
  if (tenant.budget) {
    const Budget& budget = policy.budgets[*tenant.budget];
    claim.weight = budget.weight;
    if (budget.cpu_ppm) {
      claim.cap[Resource::kCpu] = scaled(count(duration), *budget.cpu_ppm, kMillion);
    }
    if (budget.bytes_per_second) {
      claim.cap[Resource::kBytes] =
          scaled(budget.bytes_per_second->value, count(duration), 1'000'000'000);
    }
  }
  for (std::size_t r = 0; r < kResources; ++r) {
    claim.cap[r] = std::min(claim.cap[r], kUnlimited);
    tenant.bound.at(r) = capacity_now_[r] < kUnlimited || claim.cap[r] < kUnlimited ||
                         (tenant.parent != nullptr && tenant.parent->bound.at(r));
  }
  return claim;
}

/// Levers work in time: while a gate is shut, one thread cannot use what eight left. So where a
/// tenant is short of what it is known to want, what was used is all there is to share out; that
/// grows again, faster and faster, while nobody is short.
void Steward::reach_for(const Amounts& used) {
  std::size_t users = 0;
  bool starved = false;
  for (const auto& [path, tenant] : tenants_.all()) {
    if (!tenant.used.is_zero()) ++users;
    starved = starved || tenant.appetite.is_starved();
  }
  calm_periods_ = starved ? 0 : calm_periods_ + 1;
  if (users < 2) calm_periods_ = kCalmEnough;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (capacity_now_[r] >= kUnlimited) continue;
    const std::uint64_t grown = reached_[r] + scaled(reached_[r], calm_periods_, 192);
    reached_[r] = starved && users > 1 ? used[r] : std::max(grown, used[r]);
    if (calm_periods_ >= kCalmEnough) reached_[r] = capacity_now_[r];
    reached_[r] = std::min(reached_[r], capacity_now_[r]);
    capacity_now_[r] = reached_[r];
  }
}

void Steward::settle_all(const Period& period) {
  claims_.clear();
  for (auto& [path, tenant] : tenants_.all()) {
    tenant.claim = claims_.size();
    claims_.push_back(claim_of(tenant, period.machine.duration));
  }
  settlement_ = settle(claims_, capacity_now_);
  for (auto& [path, tenant] : tenants_.all()) book(tenant, settlement_.shares[tenant.claim]);
}

void Steward::book(Tenant& tenant, const Share& share) const {
  tenant.allocated = share.allocated;
  Dues& dues = tenant.dues;
  dues.used += tenant.used;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (capacity_now_[r] >= kUnlimited) continue;
    const std::uint64_t most = std::max(share.entitled[r], share.allocated[r]);
    const std::uint64_t lent = most - share.allocated[r];
    const std::uint64_t borrowed = most - share.entitled[r];
    dues.earned[r] += share.entitled[r];
    dues.lent[r] += lent;
    dues.borrowed[r] += borrowed;
    dues.owed[r] += borrowed;
    dues.owed[r] -= std::min(dues.owed[r], lent);
  }
}

Restraints Steward::turn(const Period& period) {
  weigh_completeness(*period.attribution);
  charge(period);
  const Amounts used = used_by_all();
  capacity_now_ = capacity_.of(tenants_.policy(), period.machine, used);
  feed(is_contended(period.machine, used), has_room(used));
  reach_for(used);
  settle_all(period);
  for (auto& [path, tenant] : tenants_.all()) {
    judge(tenant, case_of(tenant, settlement_.shares[tenant.claim], period), period);
  }
  return restraints(period);
}

}  // namespace pagefare::fair
