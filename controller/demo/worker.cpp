// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/worker.h"

#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include "controller/demo/node_moves.h"

namespace pagefare::demo {
namespace {

static_assert(std::is_trivially_copyable_v<Order> && std::is_trivially_copyable_v<Answer>);

constexpr int kChildSocket = 3;
constexpr int kPollMs = 100;
constexpr int kPatienceMs = 120'000;

std::string reason(int error) {
  return std::generic_category().message(error);
}

Result<void> fill(const Order& order, std::optional<Fragmenter>& memory, Answer& answer) {
  auto reserved = Fragmenter::reserve(order.sizes);
  if (!reserved) return tl::make_unexpected(reserved.error());
  memory.emplace(std::move(*reserved));
  memory->fill();
  answer.all = memory->all();
  answer.whole = memory->whole();
  return {};
}

Result<void> carry_out(const Order& order, std::optional<Fragmenter>& memory, Answer& answer) {
  switch (order.task) {
    case Task::kFill:
      return fill(order, memory, answer);
    case Task::kFragment:
      return memory ? memory->fragment(order.round) : fail("nothing to fragment yet");
    case Task::kCompact: {
      const auto compacted = compact_memory(order.write_back_first);
      if (!compacted) return tl::make_unexpected(compacted.error());
      answer.compaction = *compacted;
      return {};
    }
    case Task::kMoveRange:
      return move_range(order.pid, order.range, order.node);
    case Task::kBindRange:
      return bind_range(order.range, order.node);
    case Task::kMigrate:
      return migrate_process(order.pid, order.from_node, order.node);
  }
  return fail("unknown order");
}

/// The child's life: one answer per order, until the parent hangs up.
[[noreturn]] void serve() {
  std::optional<Fragmenter> memory;
  Order order;
  while (::recv(kChildSocket, &order, sizeof order, 0) == static_cast<ssize_t>(sizeof order)) {
    Answer answer;
    const auto done = carry_out(order, memory, answer);
    answer.failed = !done;
    if (!done) {
      const auto& text = done.error().message;
      std::copy_n(text.begin(), std::min(text.size(), answer.message.size() - 1),
                  answer.message.begin());
    }
    if (::send(kChildSocket, &answer, sizeof answer, MSG_NOSIGNAL) < 0) break;
  }
  ::_exit(0);
}

[[noreturn]] void begin_child(int socket, pid_t parent) {
  // The parent answers Ctrl-C and ends us; PDEATHSIG ends us when it is killed.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before the line above
  ::prctl(PR_SET_NAME, "pagefare-demo");
  if (socket != kChildSocket && ::dup2(socket, kChildSocket) < 0) ::_exit(1);
  ::close_range(kChildSocket + 1, ~0U, 0);
  serve();
}

}  // namespace

Result<Worker> Worker::start() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail("socketpair: " + reason(errno));
  }
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) begin_child(ends[1], parent);
  const int error = errno;
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return fail("fork: " + reason(error));
  }
  return Worker(child, ends[0]);
}

Worker::Worker(Worker&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), socket_(std::exchange(other.socket_, -1)) {}

Worker::~Worker() {
  if (pid_ < 0) return;
  ::close(socket_);
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<void> Worker::tell(const Order& order) const {
  if (::send(socket_, &order, sizeof order, MSG_NOSIGNAL) < 0) {
    return fail("process " + std::to_string(pid_) + " of the demo: " + reason(errno));
  }
  return {};
}

Result<Answer> Worker::hear(const std::atomic<bool>* stop) const {
  for (int waited = 0; waited < kPatienceMs;) {
    if (stop != nullptr && stop->load()) return fail(kInterrupted);
    pollfd ready{socket_, POLLIN, 0};
    const int count = ::poll(&ready, 1, kPollMs);
    if (count < 0 && errno != EINTR) return fail("poll: " + reason(errno));
    if (count <= 0) {
      waited += kPollMs;
      continue;
    }
    Answer answer;
    if (::recv(socket_, &answer, sizeof answer, 0) != static_cast<ssize_t>(sizeof answer)) {
      return fail("process " + std::to_string(pid_) +
                  " of the demo has died; was it killed for memory? see dmesg");
    }
    if (answer.failed) return fail(answer.message.data());
    return answer;
  }
  return fail("process " + std::to_string(pid_) + " of the demo has not answered for " +
              std::to_string(kPatienceMs / 1000) + " s");
}

}  // namespace pagefare::demo
