// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pagefare {

/// `pagefare explain --cgroup PATH`: asks the daemon at `url` and prints; returns the exit code.
int explain_cgroup_of(const std::string& url, const std::string& path, bool json);

}  // namespace pagefare
