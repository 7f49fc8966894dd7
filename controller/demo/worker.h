// SPDX-License-Identifier: Apache-2.0
// A child process of the demo that lives in one cgroup and does what it is asked to.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "controller/demo/fragmenter.h"
#include "controller/demo/memory_range.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

enum class Task : std::uint8_t {
  kFill,       ///< reserve and fill memory of `sizes`; answers the ranges
  kFragment,   ///< with the pattern of round `round`
  kCompact,    ///< after sync(2) if `write_back_first`; answers pages, CPU and wall time
  kMoveRange,  ///< `range` of `pid` (0: own) to `node`
  kBindRange,  ///< own `range` to `node`
  kMigrate,    ///< all of `pid` from `from_node` to `node`
};

struct Order {
  Task task = Task::kFill;
  pid_t pid = 0;
  int node = 0;
  int from_node = 0;
  std::uint64_t round = 0;
  bool write_back_first = false;
  FragmenterSizes sizes;
  MemoryRange range;
};

struct Answer {
  MemoryRange all;
  MemoryRange whole;
  CompactionRound compaction;
  bool failed = false;
  std::array<char, 256> message{};
};

/// Parent's end. Destroying it kills the child and waits for its end.
class Worker {
 public:
  /// Forks. The child dies with the calling thread and holds none of its files open. It uses no
  /// memory worth mention until the first order, so admit it to its cgroup first.
  static Result<Worker> start();
  Worker(Worker&& other) noexcept;
  Worker& operator=(Worker&&) = delete;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  pid_t pid() const { return pid_; }

  Result<void> tell(const Order& order) const;
  /// Waits for the answer to the oldest order. Fails when the child failed or died, when nothing
  /// came for two minutes, or with kInterrupted as soon as *stop is true.
  Result<Answer> hear(const std::atomic<bool>* stop) const;

 private:
  Worker(pid_t pid, int socket) : pid_(pid), socket_(socket) {}
  pid_t pid_;
  int socket_;
};

inline constexpr const char* kInterrupted = "interrupted";

}  // namespace pagefare::demo
