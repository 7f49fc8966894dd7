// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "controller/core/fair/pod_budgets.h"
#include "controller/core/pods/pod_directory.h"

namespace pagefare {

/// What the annotations pagefare.io/weight ("200"), /copy-cpu ("25%") and /bytes ("2GiB/s") of a
/// pod ask for, "max" being no limit; nothing for a pod without any of pagefare.io. One that cannot
/// be read, or that nobody knows, is a fault of the wish.
std::optional<fair::PodWish> read_pod_wish(const Pod& pod, std::string path);

}  // namespace pagefare
