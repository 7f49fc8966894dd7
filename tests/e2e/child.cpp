// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/child.h"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <thread>

namespace pagefare::e2e {

namespace {

/// Where the child was started from must not change what it does.
constexpr std::array kForgotten{"PAGEFARE_URL", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};

[[noreturn]] void become(const ChildSettings& settings, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  for (const char* name : kForgotten) ::unsetenv(name);
  for (const auto& [name, value] : settings.environment) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  for (const Preparation& prepare : settings.preparations) {
    if (!prepare()) {
      ::perror("the test could not prepare the child");
      ::_exit(kNotPrepared);
    }
  }
  std::vector<std::string> words{settings.program.substr(settings.program.rfind('/') + 1)};
  words.insert(words.end(), settings.arguments.begin(), settings.arguments.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(settings.program.c_str(), arguments.data());
  ::perror(settings.program.c_str());
  ::_exit(kNotPrepared);
}

std::string content(int fd) {
  std::string text;
  std::array<char, 16384> piece{};
  for (;;) {
    const auto got = ::pread(fd, piece.data(), piece.size(), static_cast<off_t>(text.size()));
    if (got <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

// The files are shared with the child and written at their common offset; pread() leaves that
// alone.
Child::Child(const ChildSettings& settings)
    : out_(::memfd_create("out", MFD_CLOEXEC)), err_(::memfd_create("err", MFD_CLOEXEC)) {
  pid_ = ::fork();
  if (pid_ == 0) become(settings, out_.get(), err_.get());
  EXPECT_GT(pid_, 0) << "cannot start a child";
}

Child::~Child() {
  if (pid_ <= 0 || code_) return;
  signal(SIGKILL);
  wait(10s);
}

void Child::signal(int number) const {
  if (pid_ > 0 && !code_) ::kill(pid_, number);
}

std::optional<int> Child::wait(std::chrono::milliseconds limit) {
  eventually(
      [this] {
        int status = 0;
        if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
          code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
        return code_.has_value();
      },
      limit);
  return code_;
}

std::string Child::out() const {
  return content(out_.get());
}

std::string Child::err() const {
  return content(err_.get());
}

Ended run_pagefare(const ChildSettings& settings, std::chrono::milliseconds limit) {
  Child child(settings);
  const auto code = child.wait(limit);
  EXPECT_TRUE(code.has_value()) << "pagefare did not end within " << limit.count() << " ms\n"
                                << child.err();
  return {.code = code.value_or(-1), .out = child.out(), .err = child.err()};
}

bool eventually(const std::function<bool()>& claim, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    if (claim()) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(10ms);
  }
}

}  // namespace pagefare::e2e
