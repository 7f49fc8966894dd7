// SPDX-License-Identifier: Apache-2.0
// The column of budgets of `pagefare top`.
#pragma once

#include <string>
#include <string_view>

#include "exporter/status_parse.h"

namespace pagefare {

/// Of the budget that the cgroup lives on, which its own children share: how much of what there is
/// of its dominant resource was used in the last period, and the step that is taken against it, as
/// "52.0 % gate". Empty for the unlisted.
std::string budget_text(const Status& status, std::string_view cgroup);

}  // namespace pagefare
