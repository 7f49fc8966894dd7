// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "controller/core/fair/pod_budgets.h"
#include "controller/core/pods/pod_directory.h"

namespace pagefare {

/// What the annotations pagefare.io/weight ("200"), /copy-cpu ("25%") and /bytes ("2GiB/s") of a
/// pod ask for, "max" being no limit, and where it has none, the labels of the same names of its
/// namespace: in these % and /s are left out, since a label's value cannot have them. Nothing where
/// there is none of pagefare.io. One that cannot be read, or that nobody knows, is a fault of the
/// wish.
std::optional<fair::PodWish> read_pod_wish(
    const Pod& pod, const std::map<std::string, std::string>& namespace_labels, std::string path);

}  // namespace pagefare
