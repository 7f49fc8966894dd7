// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/file_change.h"

#include <sys/stat.h>

#include <utility>

namespace pagefare {

FileChange::FileChange(std::string path)
    : path_(std::move(path)), taken_(mark_of(path_)), seen_(taken_) {}

bool FileChange::look() {
  const auto now = mark_of(path_);
  const bool rests = now == std::exchange(seen_, now);
  if (!now || !rests || now == taken_) return false;
  taken_ = now;
  return true;
}

std::optional<FileChange::Mark> FileChange::mark_of(const std::string& path) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  struct stat status{};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Mark{.device = status.st_dev,
              .inode = status.st_ino,
              .modified_ns = status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec,
              .size = status.st_size};
}

}  // namespace pagefare
