// SPDX-License-Identifier: Apache-2.0
// What is shown of the steward.
#include <algorithm>

#include "controller/core/fair/steward.h"
#include "controller/core/fair/wide.h"

namespace pagefare::fair {

TenantRow Steward::row(const Tenant& tenant) const {
  TenantRow row;
  row.path = tenant.path;
  row.weight = tenants_.policy().unlisted_weight;
  if (tenant.budget) {
    const Budget& budget = tenants_.policy().budgets[*tenant.budget];
    row.match = budget.match;
    row.weight = budget.weight;
  }
  row.used = tenant.used;
  for (std::size_t r = 0; r < kResources; ++r) {
    row.allocated[r] = tenant.bound.at(r) ? tenant.allocated[r] : kUnlimited;
    if (capacity_now_[r] >= kUnlimited) continue;
    const std::uint32_t share = ppm_of(tenant.used[r], capacity_now_[r]);
    if (share > row.dominant_ppm) {
      row.dominant_ppm = share;
      row.dominant = static_cast<Resource>(r);
    }
  }
  row.dues = tenant.dues;
  row.stage = tenant.standing.stage();
  row.rule = tenant.finding.rule;
  row.sentence = tenant.sentence;
  row.gate_open_ppm = tenant.standing.open_ppm();
  row.gate_refusals = tenant.gate_refusals;
  row.outside_quota = tenant.outside_quota;
  row.repaid = tenant.repaid;
  row.outstanding = tenant.outstanding;
  row.cgroups = tenant.cgroups;
  return row;
}

std::string Steward::why_not() const {
  if (!tenants_.policy().active()) return "";
  if (!settings_.enforce) return settings_.why_not;
  if (is_incomplete()) {
    return "only " + std::to_string(attributed_ppm_ / 10'000) +
           " % of the cost is charged to somebody, less than fairness.least_attributed";
  }
  return "";
}

FairState Steward::state() const {
  FairState state;
  state.active = tenants_.policy().active();
  state.why_not = why_not();
  state.enforcing = state.active && state.why_not.empty();
  state.capacity = capacity_now_;
  state.capacity_auto = !tenants_.policy().capacity_cpu_ppm;
  state.idle = settlement_.idle;
  state.attributed_ppm = attributed_ppm_;
  state.tenants.reserve(tenants_.all().size());
  for (const auto& [path, tenant] : tenants_.all()) state.tenants.push_back(row(tenant));
  state.reach = reach_;
  state.history.assign(history_.begin(), history_.end());
  state.verdicts = verdicts_;
  (settings_.enforce ? state.enforced : state.would_have) = steps_;
  state.outcomes = outcomes_;
  state.failed_applies = failed_applies_;
  state.last_error = last_error_;
  return state;
}

const TenantRow* find_tenant(const FairState& state, std::string_view path) {
  if (!state.active) return nullptr;
  const auto named = [&state](std::string_view name) -> const TenantRow* {
    const auto found = std::ranges::lower_bound(state.tenants, name, {}, &TenantRow::path);
    return found != state.tenants.end() && found->path == name ? &*found : nullptr;
  };
  while (path.size() > 1) {
    if (const TenantRow* const tenant = named(path)) return tenant;
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) break;
    path = path.substr(0, slash);
  }
  return named(kUnlistedPath);
}

}  // namespace pagefare::fair
