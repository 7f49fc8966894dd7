// SPDX-License-Identifier: Apache-2.0
#include "exporter/top_budget.h"

#include <fmt/format.h>

#include <algorithm>

namespace pagefare {
namespace {

bool lives_on(std::string_view cgroup, std::string_view holder) {
  return cgroup.starts_with(holder) &&
         (cgroup.size() == holder.size() || cgroup[holder.size()] == '/');
}

}  // namespace

std::string budget_text(const Status& status, std::string_view cgroup) {
  const BudgetShort* nearest = nullptr;
  for (const BudgetShort& budget : status.budgets) {
    if (!lives_on(cgroup, budget.holder)) continue;
    if (nearest == nullptr || budget.holder.size() > nearest->holder.size()) nearest = &budget;
  }
  if (nearest == nullptr) return {};
  std::string text = fmt::format("{:.0f} %", static_cast<double>(nearest->share_ppm) / 1e4);
  if (nearest->stage != "under") text += " " + nearest->stage;
  return text;
}

}  // namespace pagefare
