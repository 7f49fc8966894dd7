// SPDX-License-Identifier: Apache-2.0
// Cgroups that come, migrate and go between two looks of the daemon.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

namespace fs = std::filesystem;

constexpr int kCgroups = 200;
constexpr std::size_t kBytes = 16UL << 20;

/// Writes without the buffers of a stream: the caller is between fork and _exit.
bool put(const std::string& path, const std::string& text) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Memory with holes, which compaction then closes: owner and initiator are this process.
bool migrate_from(const std::string& cgroup) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (!put(cgroup + "/cgroup.procs", std::to_string(::getpid()))) return false;
  void* const memory =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  auto* const bytes = static_cast<char*>(memory);
  ::madvise(memory, kBytes, MADV_NOHUGEPAGE);
  for (std::size_t at = 0; at < kBytes; at += page) bytes[at] = 1;
  for (std::size_t at = 0; at < kBytes; at += 2 * page) {
    ::madvise(bytes + at, page, MADV_DONTNEED);
  }
  return put("/proc/sys/vm/compact_memory", "1");
}

/// One short life of a cgroup.
void live_and_go(const fs::path& cgroup) {
  ASSERT_TRUE(fs::create_directory(cgroup)) << cgroup;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(migrate_from(cgroup.string()) ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "nothing was migrated in " << cgroup;
  // The kernel lets go of a cgroup a moment after its last process.
  EXPECT_TRUE(eventually([&] { return ::rmdir(cgroup.c_str()) == 0; }));
}

std::uint64_t owned_bytes(const Json& status, const std::string& path) {
  const Json row = row_of(status, path);
  return row.is_null() ? 0 : row.at("owner").at("bytes").get<std::uint64_t>();
}

bool shows(const Json& status, const std::string& prefix) {
  for (const Json& row : status.at("cgroups")) {
    if (row.at("path").get<std::string>().starts_with("/" + prefix)) return true;
  }
  return false;
}

class VanishingCgroup : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    if (IsSkipped()) return;
    if (!fs::exists("/proc/sys/vm/compact_memory")) GTEST_SKIP() << "needs CONFIG_COMPACTION";
  }
};

TEST_F(VanishingCgroup, KeepsItsSumsInTheSharedAccountsAndHurtsNobody) {
  const auto daemon = start({.arguments = {"--period", "100ms"}, .config = "linger = \"0s\"\n"});
  ASSERT_TRUE(daemon->serves());
  const std::string prefix = "pagefare-brief-" + std::to_string(::getpid()) + "-";
  Json before = read_status(*daemon);
  for (int i = 0; i < kCgroups; ++i) {
    live_and_go(fs::path(memory_cgroups()) / (prefix + std::to_string(i)));
    if (HasFatalFailure()) return;
    if (i % 10 != 9) continue;
    Json now = read_status(*daemon);
    EXPECT_EQ(broken_sums(now), std::vector<std::string>{});
    EXPECT_EQ(shrunk(before, now), std::vector<std::string>{});
    before = std::move(now);
  }
  Json last;
  EXPECT_TRUE(eventually([&] {
    last = read_fresh_status(*daemon);
    return !shows(last, prefix);
  })) << "a removed cgroup is still shown";
  EXPECT_EQ(broken_sums(last), std::vector<std::string>{});
  // A cgroup that went before its first look has no name to be known by.
  EXPECT_GT(owned_bytes(last, "~removed") + owned_bytes(last, "~unresolved"), kCgroups * 4096U);
  EXPECT_EQ(last.at("health").at("failed_periods"), 0);
  EXPECT_EQ(daemon->stop().code, 0);
}

}  // namespace
}  // namespace pagefare::e2e
