// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/frame_snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <system_error>

namespace pagefare::demo {
namespace {

// Documentation/admin-guide/mm/pagemap.rst: bit 63 present, bits 0-54 the frame number.
constexpr std::uint64_t kPresent = 1ULL << 63;
constexpr std::uint64_t kFrameMask = (1ULL << 55) - 1;

/// Fills entries from byte offset; false when the file ends early or cannot be read.
bool read_fully(int file, FrameSnapshot& entries, std::uint64_t offset) {
  auto* const bytes = reinterpret_cast<char*>(entries.data());
  const std::size_t wanted = entries.size() * sizeof(std::uint64_t);
  std::size_t have = 0;
  while (have < wanted) {
    errno = 0;
    const ssize_t got =
        ::pread(file, bytes + have, wanted - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    have += static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

Result<FrameSnapshot> read_frames(const std::filesystem::path& pagemap, MemoryRange range,
                                  std::uint64_t page_bytes) {
  assert(page_bytes != 0 && range.start % page_bytes == 0 && range.length % page_bytes == 0);
  const int file = ::open(pagemap.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return fail(pagemap.string() + ": " + std::generic_category().message(errno));
  }
  FrameSnapshot frames(range.length / page_bytes);
  const bool complete = read_fully(file, frames, range.start / page_bytes * sizeof(std::uint64_t));
  const int error = errno;
  ::close(file);
  if (!complete) {
    return fail(pagemap.string() + ": " +
                (error == 0 ? "ends early" : std::generic_category().message(error)));
  }
  for (auto& frame : frames) {
    const bool present = (frame & kPresent) != 0;
    frame = present ? frame & kFrameMask : kNoFrame;
    if (frame == 0) {
      return fail(pagemap.string() + " hides frame numbers: run as root (CAP_SYS_ADMIN)");
    }
  }
  return frames;
}

FrameChanges compare_frames(const FrameSnapshot& before, const FrameSnapshot& after) {
  assert(before.size() == after.size());
  FrameChanges changes;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == kNoFrame) continue;
    if (after[i] == kNoFrame) {
      changes.lost += Pages{1};
    } else if (after[i] == before[i]) {
      changes.stayed += Pages{1};
    } else {
      changes.moved += Pages{1};
    }
  }
  return changes;
}

}  // namespace pagefare::demo
