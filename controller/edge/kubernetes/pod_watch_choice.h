// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "controller/edge/config.h"
#include "controller/edge/kubernetes/pod_watch.h"

namespace pagefare {

/// Looks up a variable of the environment; empty when it is not set.
using Environment = std::function<std::string(const char*)>;

/// What to watch by this configuration in this environment; nothing where there is no cluster to
/// ask. Error: names were asked for and cannot be had; names the key.
Result<std::optional<PodWatchSettings>> choose_pod_watch(const KubernetesConfig& config,
                                                         const Environment& environment,
                                                         const std::string& host_name);

}  // namespace pagefare
