// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pagefare {

/// Where the kernel's file systems are mounted; tests and containers have them elsewhere.
struct Roots {
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string cgroup = "/sys/fs/cgroup";
};

}  // namespace pagefare
