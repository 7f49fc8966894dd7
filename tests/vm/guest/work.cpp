// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/work.h"

#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>
#include <utility>

#include "tests/vm/guest/cgroup.h"

namespace pagefare::guest {
namespace {

void run_on(int cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(static_cast<unsigned>(cpu), &cpus);
  sched_setaffinity(0, sizeof cpus, &cpus);
}

[[noreturn]] void work_and_exit(const std::string& cgroup,
                                const std::function<Result<void>()>& work, int errors) {
  const auto done = join_cgroup(cgroup).and_then(work);
  if (done) {
    _exit(0);
  }
  const auto& text = done.error().message;
  _exit(write(errors, text.data(), text.size()) > 0 ? 1 : 2);
}

}  // namespace

Result<void> in_cgroup(const std::string& cgroup, const std::function<Result<void>()>& work) {
  std::array<int, 2> errors{};
  if (pipe(errors.data()) != 0) {
    return fail("no pipe");
  }
  const pid_t child = fork();
  if (child == 0) {
    work_and_exit(cgroup, work, errors[1]);
  }
  close(errors[1]);
  std::array<char, 512> block{};
  const auto got = read(errors[0], block.data(), block.size());
  close(errors[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (got > 0) {
    return fail(std::string(block.data(), static_cast<std::size_t>(got)));
  }
  if (status != 0) {
    return fail("the process in cgroup '" + cgroup + "' died");
  }
  return {};
}

bool move_is_refused(const std::string& cgroup) {
  const auto asked = in_cgroup(cgroup, [parent = getpid()]() -> Result<void> {
    static int somewhere = 0;
    void* page = &somewhere;
    const int node = 0;
    int status = 0;
    if (syscall(SYS_move_pages, parent, 1UL, &page, &node, &status, MPOL_MF_MOVE) >= 0) return {};
    return fail(errno == EAGAIN ? "refused" : "another error");
  });
  return !asked && asked.error().message == "refused";
}

bool eventually(std::chrono::seconds patience, const std::function<bool()>& claim) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!claim()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return true;
}

std::int64_t vmstat(std::string_view name) {
  return static_cast<std::int64_t>(read_key("/proc/vmstat", name).value_or(0));
}

std::size_t tiers_of_memory() {
  std::size_t tiers = 0;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator("/sys/devices/virtual/memory_tiering", error)) {
    tiers += entry.path().filename().string().starts_with("memory_tier") ? 1U : 0U;
  }
  return tiers;
}

CpuHog::CpuHog(int cpu) : pid_(fork()) {
  if (pid_ == 0) {
    run_on(cpu);
    volatile bool busy = true;
    while (busy) {
    }
  }
}

CpuHog::~CpuHog() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Setting::Setting(std::string path, std::string_view text)
    : path_(std::move(path)),
      before_(read_file(path_).value_or("")),
      taken_(write_file(path_, text).has_value()) {}

Setting::~Setting() {
  if (taken_ && !before_.empty()) {
    (void)write_file(path_, before_);
  }
}

}  // namespace pagefare::guest
