// SPDX-License-Identifier: Apache-2.0
// Which physical frame backs each page of a process: the demo's source of truth. A page whose frame
// differs between two snapshots was migrated (its content cannot change frame otherwise, as long as
// its process neither frees nor writes it), so what moved is known without tracing anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/demo/memory_range.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

/// One element per page of the range: the frame number, or kNoFrame where none is mapped.
using FrameSnapshot = std::vector<std::uint64_t>;
inline constexpr std::uint64_t kNoFrame = ~0ULL;

/// Reads a /proc/PID/pagemap file. Fails when the file cannot be read to the end of the range, or
/// hides frame numbers (the reader lacks CAP_SYS_ADMIN).
Result<FrameSnapshot> read_frames(const std::filesystem::path& pagemap, MemoryRange range,
                                  std::uint64_t page_bytes);

struct FrameChanges {
  Pages moved;   ///< another frame than before
  Pages stayed;  ///< the same frame
  Pages lost;    ///< mapped before, not after: swapped out or freed; says nothing about migration
};

/// Precondition: both snapshots are of the same range.
FrameChanges compare_frames(const FrameSnapshot& before, const FrameSnapshot& after);

}  // namespace pagefare::demo
