// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/overhead/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <sstream>
#include <system_error>

namespace pagefare::bench {
namespace {

constexpr int kLookEveryMs = 50;
constexpr int kSettledAfterLooks = 10;
constexpr int kAttachWithinLooks = 400;
constexpr int kEndWithinMs = 20'000;

std::string reason(int error) {
  return std::generic_category().message(error);
}

}  // namespace

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access(folder.append("/").append(program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Result<std::unique_ptr<Child>> Child::start(const std::vector<std::string>& command,
                                            std::function<void(std::string_view)> take) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail("pipe: " + reason(errno));
  FileDescriptor ours(ends[0]);
  const FileDescriptor theirs(ends[1]);
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDERR_FILENO);
  // A shell's background job ignores SIGINT, and so would its children.
  sigset_t interrupt;
  ::sigemptyset(&interrupt);
  ::sigaddset(&interrupt, SIGINT);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigdefault(&attributes, &interrupt);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, words[0], &actions, &attributes, words.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail("cannot start " + command.front() + ": " + reason(error));
  return std::unique_ptr<Child>(new Child(pid, std::move(ours), std::move(take)));
}

Child::Child(pid_t pid, FileDescriptor output, std::function<void(std::string_view)> take)
    : pid_(pid), output_(std::move(output)), take_(std::move(take)) {
  reader_ = std::thread([this] { read_all(); });
}

Child::~Child() {
  if (!reaped_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (reader_.joinable()) reader_.join();
}

void Child::read_all() {
  std::array<char, 1 << 16> part{};
  ssize_t got = 0;
  while ((got = ::read(output_.get(), part.data(), part.size())) > 0) {
    take_({part.data(), static_cast<std::size_t>(got)});
  }
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  reader_cpu_ = std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

std::size_t Child::perf_events() const {
  std::size_t events = 0;
  std::error_code error;
  const std::filesystem::path folder = "/proc/" + std::to_string(pid_) + "/fd";
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code vanished;
    const auto target = std::filesystem::read_symlink(it->path(), vanished);
    if (target == "anon_inode:[perf_event]") ++events;
  }
  return events;
}

bool Child::has_ended(int milliseconds) {
  for (int waited = 0;; waited += kLookEveryMs) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) return reaped_ = true;
    if (waited >= milliseconds) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(kLookEveryMs));
  }
}

Result<void> Child::await_attached() {
  std::size_t last = 0;
  int unchanged = 0;
  for (int look = 0; look < kAttachWithinLooks; ++look) {
    if (has_ended(0)) return fail("ended before it was attached");
    const std::size_t now = perf_events();
    unchanged = now != 0 && now == last ? unchanged + 1 : 0;
    if (unchanged >= kSettledAfterLooks) return {};
    last = now;
    std::this_thread::sleep_for(std::chrono::milliseconds(kLookEveryMs));
  }
  return fail("was not attached after 20 s");
}

Result<void> Child::end() {
  const bool by_itself = has_ended(0);
  if (!by_itself) ::kill(pid_, SIGINT);
  const bool killed = !by_itself && !has_ended(kEndWithinMs);
  if (killed) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    reaped_ = true;
  }
  reader_.join();
  if (by_itself) return fail("ended by itself");
  if (killed) return fail("did not end on SIGINT and was killed");
  return {};
}

}  // namespace pagefare::bench
