// SPDX-License-Identifier: Apache-2.0
// Work that a test has done by a process of its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "controller/ports/result.h"

namespace pagefare::guest {

/// Runs `work` in a child process that is in the cgroup; its error, or what kept it from running.
Result<void> in_cgroup(const std::string& cgroup, const std::function<Result<void>()>& work);

/// Whether a call of move_pages(2) from the cgroup, about another process, is answered with EAGAIN.
bool move_is_refused(const std::string& cgroup);

/// Asks again and again until it is true or the time is over.
bool eventually(std::chrono::seconds patience, const std::function<bool()>& claim);

/// A counter of /proc/vmstat; 0 where the kernel has no such counter.
std::int64_t vmstat(std::string_view name);

/// How many speeds of memory the kernel tells apart.
std::size_t tiers_of_memory();

/// A process that does nothing but use one CPU, for as long as the value lives.
class CpuHog {
 public:
  explicit CpuHog(int cpu);
  CpuHog(const CpuHog&) = delete;
  CpuHog& operator=(const CpuHog&) = delete;
  ~CpuHog();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

/// A file of the kernel's settings has another text while the value lives.
class Setting {
 public:
  Setting(std::string path, std::string_view text);
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;
  ~Setting();
  /// Whether the kernel has it and took the text.
  bool taken() const { return taken_; }

 private:
  std::string path_;
  std::string before_;
  bool taken_;
};

}  // namespace pagefare::guest
