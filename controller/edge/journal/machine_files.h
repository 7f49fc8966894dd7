// SPDX-License-Identifier: Apache-2.0
// Files of the machine that we change (sysfs, cgroupfs, /proc/sys), and the files that remember it:
// every touch of either goes through here, so that a test can end the program at each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace pagefare {

class MachineFiles {
 public:
  MachineFiles() = default;
  MachineFiles(const MachineFiles&) = delete;
  MachineFiles& operator=(const MachineFiles&) = delete;
  virtual ~MachineFiles() = default;

  /// The whole file, without the blanks and line ends after it, or errno.
  virtual tl::expected<std::string, int> read(const std::string& path) = 0;

  /// One write(2) of `text`, never repeated. What it returned, or errno. Some drivers count
  /// wrongly: only reading back tells what happened.
  virtual tl::expected<std::size_t, int> write_once(const std::string& path,
                                                    std::string_view text) = 0;

  /// Adds to the end of an existing file; on disk when it returns. Errno otherwise.
  virtual tl::expected<void, int> append(const std::string& path, std::string_view text) = 0;

  /// Makes the file have this content, whole or not at all; on disk, its name too, when it returns.
  virtual tl::expected<void, int> replace(const std::string& path, std::string_view text) = 0;

  /// Tells a file from a later one of the same name. 0: cannot be told (not sysfs, not cgroupfs).
  virtual std::uint64_t identity(const std::string& path) = 0;
};

/// The machine itself.
class SystemFiles final : public MachineFiles {
 public:
  tl::expected<std::string, int> read(const std::string& path) override;
  tl::expected<std::size_t, int> write_once(const std::string& path,
                                            std::string_view text) override;
  tl::expected<void, int> append(const std::string& path, std::string_view text) override;
  tl::expected<void, int> replace(const std::string& path, std::string_view text) override;
  std::uint64_t identity(const std::string& path) override;
};

}  // namespace pagefare
