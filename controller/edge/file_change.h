// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pagefare {

/// Whether a file has become another one, by looking at it once per period. Symbolic links are
/// followed, so that a Kubernetes ConfigMap, whose update turns a link, is noticed too; inotify
/// would have to follow every link on the way.
class FileChange {
 public:
  /// What is there now is the beginning. An empty path never changes.
  explicit FileChange(std::string path);

  /// True once for each change, and only when two looks in a row saw the same: a file that is
  /// being written is left alone until it rests. A file that has gone is no change; its successor
  /// is.
  bool look();

 private:
  struct Mark {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t modified_ns = 0;
    std::int64_t size = 0;
    bool operator==(const Mark&) const = default;
  };
  static std::optional<Mark> mark_of(const std::string& path);

  std::string path_;
  std::optional<Mark> taken_;  ///< of the content that was last told of
  std::optional<Mark> seen_;   ///< of the last look
};

}  // namespace pagefare
