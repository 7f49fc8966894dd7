// SPDX-License-Identifier: Apache-2.0
#include "exporter/fair_families.h"

#include <cstddef>
#include <string>

#include "exporter/utf8.h"

namespace pagefare {
namespace {

Nanoseconds cpu(const fair::Amounts& amounts) {
  return Nanoseconds(static_cast<std::int64_t>(amounts[fair::Resource::kCpu]));
}

void add_tenant(FamilySet& set, const fair::TenantRow& row) {
  const std::string path = valid_utf8(row.path);
  const LabelValues labels{path};
  set.add(Metric::kBudgetStage, static_cast<std::uint64_t>(row.stage), labels);
  set.add(Metric::kBudgetShare, static_cast<double>(row.dominant_ppm) / std::micro::den, labels);
  set.add(Metric::kBudgetUsedCpu, cpu(row.dues.used), labels);
  set.add(Metric::kBudgetEarnedCpu, cpu(row.dues.earned), labels);
  set.add(Metric::kBudgetLentCpu, cpu(row.dues.lent), labels);
  set.add(Metric::kBudgetBorrowedCpu, cpu(row.dues.borrowed), labels);
  set.add(Metric::kBudgetRefusals, row.gate_refusals, labels);
  set.add(Metric::kBudgetRepaid, row.repaid, labels);
}

}  // namespace

void add_fair_families(FamilySet& set, const fair::FairState& state) {
  if (!state.active) return;
  set.add(Metric::kFairEnforcing, state.enforcing ? 1.0 : 0.0);
  for (const fair::TenantRow& row : state.tenants) add_tenant(set, row);
  for (std::size_t at = 0; at < fair::kRules; ++at) {
    set.add(Metric::kFairVerdicts, state.verdicts.at(at), {name(static_cast<fair::Rule>(at))});
  }
  for (std::size_t at = 1; at < fair::kStages; ++at) {
    const std::string_view stage = name(static_cast<fair::Stage>(at));
    set.add(Metric::kFairSteps, state.enforced.at(at), {stage, "enforced"});
    set.add(Metric::kFairSteps, state.would_have.at(at), {stage, "would"});
  }
  for (std::size_t lever = 0; lever < fair::kActions; ++lever) {
    for (std::size_t at = 0; at < fair::kOutcomes; ++at) {
      set.add(Metric::kFairLeverOutcomes, state.outcomes.at(lever).at(at),
              {name(static_cast<fair::Action>(lever)), name(static_cast<fair::Outcome>(at))});
    }
  }
  set.add(Metric::kFairFailures, state.failed_applies);
  if (!state.takes_pod_budgets) return;
  set.add(Metric::kPodBudgets, state.pod_budgets);
  set.add(Metric::kPodBudgetFaults, static_cast<std::uint64_t>(state.pod_faults.size()));
}

}  // namespace pagefare
