// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/guard.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <thread>
#include <utility>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr std::string_view kGoodbye = "bye";

/// What the new process is like: its own session, no signal blocked, nothing open but 0, 1 and 2.
class SpawnSettings {
 public:
  explicit SpawnSettings(int standard_input) {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_adddup2(&actions_, standard_input, STDIN_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  const posix_spawnattr_t* attributes() const { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Guard::Guard(Guard&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), line_(std::move(other.line_)) {}

Guard& Guard::operator=(Guard&& other) noexcept {
  std::swap(pid_, other.pid_);
  line_ = std::move(other.line_);
  return *this;
}

Result<Guard> Guard::start(const std::vector<std::string>& command) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail_errno("guard process", "no socket for it", errno);
  }
  FileDescriptor ours(ends[0]);
  FileDescriptor theirs(ends[1]);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  (void)::setsockopt(ours.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const SpawnSettings settings(theirs.get());
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, arguments[0], settings.actions(), settings.attributes(),
                                  arguments.data(), environ);
  if (error != 0) return fail_errno(command.front(), "the guard process cannot be started", error);
  theirs = FileDescriptor();  // or its death would not be heard
  // It says hello once it ignores signals: before that a signal to all of us could take it along.
  char hello = 0;
  while (::recv(ours.get(), &hello, 1, 0) < 0 && errno == EINTR) {
  }
  Guard guard(pid, std::move(ours));
  if (hello == 0) return fail(command.front() + ": the guard process does not answer");
  return guard;
}

bool Guard::is_there() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
  return pid_ > 0;
}

void Guard::dismiss() {
  if (!line_.is_open()) return;
  (void)::send(line_.get(), kGoodbye.data(), kGoodbye.size(), MSG_NOSIGNAL);
  line_ = FileDescriptor();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (is_there() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

bool watch_over(int line) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
  (void)::send(line, "!", 1, MSG_NOSIGNAL);
  std::string said;
  for (;;) {
    char piece[8] = {};
    const ssize_t got = ::recv(line, piece, sizeof piece, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return said != kGoodbye;
    said.append(piece, static_cast<std::size_t>(got));
  }
}

}  // namespace pagefare
