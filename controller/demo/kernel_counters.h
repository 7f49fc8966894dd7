// SPDX-License-Identifier: Apache-2.0
// Numbers that the kernel keeps by itself: what moved in all, what memory is free, which nodes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

/// The whole of a small file. Fails with its name and the system's reason.
Result<std::string> read_text(const std::filesystem::path& path);
/// One write(2) of text to an existing file, as control files want it.
Result<void> write_text(const std::filesystem::path& path, std::string_view text);

/// Base pages migrated by anybody since boot: pgmigrate_success of a vmstat file.
Result<Pages> migrated_pages(const std::filesystem::path& vmstat = "/proc/vmstat");

/// MemAvailable of a meminfo file.
Result<Bytes> available_memory(const std::filesystem::path& meminfo = "/proc/meminfo");

/// Node numbers of a list such as "0-1,3".
Result<std::vector<int>> parse_node_list(std::string_view text);
/// Nodes that have memory; node 0 alone on kernels without NUMA.
Result<std::vector<int>> memory_nodes(
    const std::filesystem::path& has_memory = "/sys/devices/system/node/has_memory");

}  // namespace pagefare::demo
