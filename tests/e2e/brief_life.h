// SPDX-License-Identifier: Apache-2.0
// Cgroups with a process that has some of its memory migrated.
#pragma once

#include <cstddef>
#include <filesystem>

namespace pagefare::e2e {

/// Makes a cgroup, and those above it that are missing; a process in it has memory of its own
/// compacted at its own request. False: the kernel moved none of it; it tries as often as said,
/// with so many bytes each time.
struct BriefLife {
  std::size_t bytes = std::size_t{16} << 20U;
  int tries = 4;
};
bool migrate_in(const std::filesystem::path& cgroup, BriefLife life = {});

/// Once its last process is gone.
void remove_cgroup(const std::filesystem::path& cgroup);

/// migrate_in() and remove_cgroup().
bool live_and_go(const std::filesystem::path& cgroup, BriefLife life = {});

}  // namespace pagefare::e2e
