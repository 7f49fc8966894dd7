// SPDX-License-Identifier: Apache-2.0
// Fairness for people, out of what /status says.
#pragma once

#include <string>
#include <string_view>

#include "controller/ports/result.h"

namespace pagefare {

/// The part of `pagefare status`: nothing while no budget is set, else a heading and one line for
/// each tenant that does something or is held back, the largest shares first.
std::string fair_summary(const std::string& status);

/// `pagefare explain --cgroup PATH`: whose budget it lives on, what that may use and uses, what was
/// done and why. The error: the answer is none of ours, or no budgets are set.
Result<std::string> explain_cgroup(const std::string& status, std::string_view path);

/// The same as JSON: the tenant and the verdicts about it.
Result<std::string> fair_json_of(const std::string& status, std::string_view path);

}  // namespace pagefare
