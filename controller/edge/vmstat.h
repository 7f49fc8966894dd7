// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "controller/edge/roots.h"
#include "controller/ports/result.h"

namespace pagefare {

/// The kernel's own counters of migration. A trailing '*' stands for every counter so begun.
inline constexpr std::array<std::string_view, 6> kMigrationCounters{
    "pgmigrate_success",   "pgmigrate_fail",    "thp_migration_*",
    "numa_pages_migrated", "pgpromote_success", "pgdemote_*"};

/// The wanted counters of PROC/vmstat, in base pages or events since boot. What this kernel does
/// not have is absent, not zero. Error: the file cannot be read, or a value is no number.
Result<std::map<std::string, std::uint64_t>> read_vmstat(
    const Roots& roots, std::span<const std::string_view> wanted = kMigrationCounters);

}  // namespace pagefare
