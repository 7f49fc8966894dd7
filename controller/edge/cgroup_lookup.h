// SPDX-License-Identifier: Apache-2.0
// Two ways from a cgroup's inode number to its directory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "controller/core/quantity.h"
#include "controller/edge/file_descriptor.h"

namespace pagefare {

/// The inode number of a directory; nothing when there is none at `path`. Other errors than "not
/// there" (a permission, an I/O error) count as there: `unknown` is returned.
struct Look {
  enum class Kind : std::uint8_t { kThere, kGone, kUnknown };
  Kind kind = Kind::kUnknown;
  CgroupId id;  ///< set for kThere only
};
Look look_at(const std::string& path);

/// Asks the kernel for the directory by id: about 10 us, needs CAP_DAC_READ_SEARCH.
class CgroupHandles {
 public:
  /// `root` is the mount of a cgroup hierarchy. Does not work on other file systems.
  explicit CgroupHandles(const std::string& root);

  /// Tries it on the root itself. What stands in the way otherwise, in one sentence.
  std::optional<std::string> obstacle() const;

  struct Answer {
    std::optional<std::string> path;  ///< absolute; nothing: no such cgroup below the root
    int error = 0;                    ///< not 0: the kernel refused, the answer says nothing
  };
  Answer find(CgroupId id) const;

 private:
  std::string root_;
  FileDescriptor mount_;
};

/// All directories at and below `root`, by id. What vanishes meanwhile is left out; links are not
/// followed. Tens of microseconds a directory.
std::map<CgroupId, std::string> walk_cgroups(const std::string& root);

}  // namespace pagefare
