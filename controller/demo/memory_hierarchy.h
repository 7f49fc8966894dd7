// SPDX-License-Identifier: Apache-2.0
// Where cgroups must be made so that memory is charged to them.
#pragma once

#include <filesystem>
#include <string_view>

#include "controller/ports/result.h"

namespace pagefare::demo {

/// Mount points; empty where the host has none.
struct CgroupRoots {
  std::filesystem::path memory;   ///< the v1 memory hierarchy, or v2 where it has the controller
  std::filesystem::path unified;  ///< v2; equal to memory unless the host is hybrid
  std::filesystem::path cpuset;   ///< the v1 cpuset hierarchy, or v2 where it has the controller
  bool memory_is_v2 = false;
  bool cpuset_is_v2 = false;
};

/// Reads a mounts file and the cgroup.controllers of the v2 mount. Fails, with the remedy, when no
/// mounted hierarchy has the memory controller.
Result<CgroupRoots> find_cgroup_roots(const std::filesystem::path& mounts = "/proc/self/mounts");

/// True when a separated list (by any of the separators) has this word.
bool has_word(std::string_view list, std::string_view separators, std::string_view word);

}  // namespace pagefare::demo
