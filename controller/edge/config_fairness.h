// SPDX-License-Identifier: Apache-2.0
// [fairness] and [[budget]].
#pragma once

#include <string>
#include <vector>

#include "controller/core/fair/budget.h"
#include "controller/edge/config_sections.h"

namespace pagefare {

ConfigSection fairness_section();
ConfigSection budget_section();

/// Both sections as one.
fair::Policy fair_policy(const Config& config);

/// Which budget each of `paths` lives on and why, and which budgets no path lives on; as comments
/// of a TOML file, one line each.
std::string explain_budgets(const fair::Policy& policy, const std::vector<std::string>& paths);

}  // namespace pagefare
