// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/edge/roots.h"
#include "controller/ports/result.h"

namespace pagefare {

/// One line of mountinfo, its octal escapes undone.
struct Mount {
  std::string root;     ///< the directory of the file system that is mounted, "/" for all of it
  std::string path;     ///< where
  std::string type;     ///< "cgroup2"
  std::string options;  ///< the super block's, "rw,memory"
};

/// True when `option` stands in the comma-separated list.
bool has_option(const Mount& mount, std::string_view option);

/// The mounts of this process, from PROC/self/mountinfo; lines of another shape are left out.
Result<std::vector<Mount>> read_mounts(const Roots& roots);

}  // namespace pagefare
