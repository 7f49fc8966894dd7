// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "controller/edge/roots.h"

namespace pagefare {

/// The path of the cgroup that this program runs in, in the hierarchy of the memory controller;
/// empty when it cannot be read.
std::string own_cgroup(const Roots& roots);

/// The same out of the text of /proc/self/cgroup: the v1 hierarchy that has "memory", else v2's.
std::string parse_own_cgroup(std::string_view text);

/// The number of the memory controller's hierarchy; 0, which is v2's, also where it cannot be read.
int memory_hierarchy(const Roots& roots);
int parse_memory_hierarchy(std::string_view text);

}  // namespace pagefare
