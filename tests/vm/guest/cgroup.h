// SPDX-License-Identifier: Apache-2.0
// A cgroup v2 of a guest, for as long as the value lives.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "controller/ports/result.h"

namespace pagefare::guest {

class Cgroup {
 public:
  /// `path` is relative to the root, as "a" or "a/b"; the controllers memory, cpu and cpuset are
  /// on.
  static Result<Cgroup> create(const std::string& path);

  Cgroup(Cgroup&& other) noexcept;
  Cgroup& operator=(Cgroup&& other) = delete;
  Cgroup(const Cgroup&) = delete;
  Cgroup& operator=(const Cgroup&) = delete;
  /// Kills what is left inside and removes it.
  ~Cgroup();

  /// As the daemon names it: "/a/b".
  std::string name() const { return "/" + path_; }
  /// The kernfs inode number, which is the kernel's id.
  std::uint64_t id() const { return id_; }

  Result<void> write(std::string_view file, std::string_view text) const;
  Result<std::string> read(std::string_view file) const;
  /// The value of a line "key value" of a file such as memory.stat or cpu.stat.
  Result<std::uint64_t> read_key(std::string_view file, std::string_view key) const;
  Result<void> add(pid_t pid) const;

 private:
  Cgroup(std::string path, std::uint64_t id) : path_(std::move(path)), id_(id) {}

  std::string path_;
  std::uint64_t id_;
};

/// Moves the calling process into a cgroup; "" is the root.
Result<void> join_cgroup(const std::string& path);

/// Whole small files of procfs, sysfs and cgroupfs.
Result<void> write_file(const std::string& path, std::string_view text);
Result<std::string> read_file(const std::string& path);
/// The value of a line "key value".
Result<std::uint64_t> read_key(const std::string& path, std::string_view key);

}  // namespace pagefare::guest
