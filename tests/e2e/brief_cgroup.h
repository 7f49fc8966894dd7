// SPDX-License-Identifier: Apache-2.0
// One short life of a real cgroup, with a migration in it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "controller/edge/file_descriptor.h"
#include "tests/e2e/machine.h"

namespace pagefare::e2e {

/// Writes without the buffers of a stream: the caller is between fork and _exit.
inline bool put(const std::string& path, const std::string& text) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Memory with holes, which compaction then closes: owner and initiator are this process.
inline bool migrate_from(const std::string& cgroup, std::size_t memory_bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (!put(cgroup + "/cgroup.procs", std::to_string(::getpid()))) return false;
  void* const memory =
      ::mmap(nullptr, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  auto* const bytes = static_cast<char*>(memory);
  ::madvise(memory, memory_bytes, MADV_NOHUGEPAGE);
  for (std::size_t at = 0; at < memory_bytes; at += page) bytes[at] = 1;
  for (std::size_t at = 0; at < memory_bytes; at += 2 * page) {
    ::madvise(bytes + at, page, MADV_DONTNEED);
  }
  return put("/proc/sys/vm/compact_memory", "1");
}

/// The cgroup must not be there before, and is gone afterwards.
inline void live_and_go(const std::filesystem::path& cgroup,
                        std::size_t memory_bytes = 16UL << 20U) {
  ASSERT_TRUE(std::filesystem::create_directory(cgroup)) << cgroup;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(migrate_from(cgroup.string(), memory_bytes) ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "nothing was migrated in " << cgroup;
  // The kernel lets go of a cgroup a moment after its last process.
  EXPECT_TRUE(eventually([&] { return ::rmdir(cgroup.c_str()) == 0; }));
}

}  // namespace pagefare::e2e
