// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/brief_life.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "controller/edge/file_descriptor.h"
#include "tests/e2e/daemon_process.h"

namespace pagefare::e2e {
namespace {

namespace fs = std::filesystem;

/// Writes without the buffers of a stream: the caller is between fork and _exit.
bool put(const std::string& path, const std::string& text) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

constexpr int kMoved = 0;
constexpr int kNothingMoved = 3;

/// Page frame numbers of a mapping; all 0 without the right to see them.
std::vector<std::uint64_t> frames_of(const void* memory, std::size_t pages, std::size_t page) {
  std::vector<std::uint64_t> entries(pages);
  const FileDescriptor pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  const auto first = reinterpret_cast<std::uintptr_t>(memory) / page * sizeof(std::uint64_t);
  if (::pread(pagemap.get(), entries.data(), pages * sizeof(std::uint64_t),
              static_cast<off_t>(first)) < 0) {
    entries.assign(pages, 0);
  }
  return entries;
}

/// Memory with holes, which compaction then closes: owner and initiator are this process. Whether
/// any of it moves depends on where the kernel had put it, so it tries with more.
int migrate_from(const std::string& cgroup, BriefLife life) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (!put(cgroup + "/cgroup.procs", std::to_string(::getpid()))) return 1;
  for (int tries = 0; tries < life.tries; ++tries) {
    void* const memory =
        ::mmap(nullptr, life.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 1;
    auto* const bytes = static_cast<char*>(memory);
    ::madvise(memory, life.bytes, MADV_NOHUGEPAGE);
    for (std::size_t at = 0; at < life.bytes; at += page) bytes[at] = 1;
    for (std::size_t at = 0; at < life.bytes; at += 2 * page) {
      ::madvise(bytes + at, page, MADV_DONTNEED);
    }
    const auto before = frames_of(memory, life.bytes / page, page);
    if (!put("/proc/sys/vm/compact_memory", "1")) return 1;
    if (frames_of(memory, life.bytes / page, page) != before) return kMoved;
  }
  return kNothingMoved;
}

/// In a unified hierarchy a cgroup has the memory controller only if the one above grants it.
void make(const fs::path& cgroup) {
  if (fs::exists(cgroup)) return;
  make(cgroup.parent_path());
  const fs::path grants = cgroup.parent_path() / "cgroup.subtree_control";
  if (fs::exists(grants)) put(grants.string(), "+memory");
  ASSERT_TRUE(fs::create_directory(cgroup)) << cgroup;
}

}  // namespace

bool migrate_in(const fs::path& cgroup, BriefLife life) {
  make(cgroup);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(migrate_from(cgroup.string(), life));
  int status = -1;
  ::waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  EXPECT_TRUE(code == kMoved || code == kNothingMoved) << "no memory could be had in " << cgroup;
  return code == kMoved;
}

void remove_cgroup(const fs::path& cgroup) {
  // The kernel lets go of a cgroup a moment after its last process.
  EXPECT_TRUE(eventually([&] { return ::rmdir(cgroup.c_str()) == 0; }));
}

bool live_and_go(const fs::path& cgroup, BriefLife life) {
  const bool moved = migrate_in(cgroup, life);
  remove_cgroup(cgroup);
  return moved;
}

}  // namespace pagefare::e2e
