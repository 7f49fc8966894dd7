// SPDX-License-Identifier: Apache-2.0
// What the tests do to, and ask of, the machine beside the program.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "tests/e2e/child.h"

namespace pagefare::e2e {

/// Why BPF programs cannot be loaded here, in words; nothing when they can. Asks the kernel itself,
/// not the program under test: a pagefare that fails must not look like a machine that refuses.
std::optional<std::string> why_no_bpf();

/// pgmigrate_success of /proc/vmstat: what the kernel has migrated since boot, in pages.
std::uint64_t kernel_migrated_pages();

/// The ids of the BPF programs that a process holds.
std::set<std::uint32_t> bpf_programs_of(pid_t pid);

/// Those of them that the kernel still has.
std::set<std::uint32_t> still_loaded(const std::set<std::uint32_t>& programs);

// Preparations. The mounts are those of the child alone.
Preparation own_mounts();
Preparation hidden(
    const std::string& directory);  ///< an empty file system over it; needs own_mounts()
Preparation unmounted(const std::string& directory);  ///< with all that is mounted below it
Preparation bound(const std::string& directory, const std::string& over);
Preparation as_nobody();

/// Where the memory controller's cgroups are.
std::string memory_cgroups();

}  // namespace pagefare::e2e
