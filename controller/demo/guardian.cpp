// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/guardian.h"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): signal numbers of POSIX
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace pagefare::demo {
namespace {

constexpr int kWatchedEnd = 3;

[[noreturn]] void watch(int pipe, const DemoCgroups& cgroups) {
  ::setsid();
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(ignored, SIG_IGN);
  ::prctl(PR_SET_NAME, "pagefare-guard");
  if (pipe != kWatchedEnd && ::dup2(pipe, kWatchedEnd) < 0) ::_exit(1);
  // Holding the demo's output open would keep a pipeline waiting for it after it was killed.
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null >= 0) {
    for (const int standard : {0, 1, 2}) ::dup2(null, standard);
  }
  ::close_range(kWatchedEnd + 1, ~0U, 0);
  char word = 0;
  ssize_t got = 0;
  do {
    got = ::read(kWatchedEnd, &word, 1);
  } while (got < 0 && errno == EINTR);
  const bool orphaned = got <= 0;
  ::_exit(orphaned && !cgroups.remove() ? 1 : 0);
}

}  // namespace

Result<Guardian> Guardian::post(const DemoCgroups& cgroups) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail("pipe: " + std::generic_category().message(errno));
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[1]);
    watch(ends[0], cgroups);
  }
  const int error = errno;
  ::close(ends[0]);
  if (child < 0) {
    ::close(ends[1]);
    return fail("fork: " + std::generic_category().message(error));
  }
  return Guardian(child, ends[1]);
}

Guardian::Guardian(Guardian&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pipe_(std::exchange(other.pipe_, -1)) {}

void Guardian::dismiss() {
  if (pipe_ < 0) return;
  const char word = 'd';
  while (::write(pipe_, &word, 1) < 0 && errno == EINTR) {
  }
  ::close(std::exchange(pipe_, -1));
}

Guardian::~Guardian() {
  if (pid_ < 0) return;
  if (pipe_ >= 0) ::close(pipe_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace pagefare::demo
