// SPDX-License-Identifier: Apache-2.0
//
// Processes that move memory to and fro and check it, while a test does something to the module.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pagefare::kmod_test {

/// What a mover tells, in memory that it shares with the test.
struct MoverTally {
  std::atomic<std::uint64_t> moves;
  std::atomic<std::uint64_t> wrong_words;
  std::atomic<bool> stop;
};

class Movers {
 public:
  Movers();
  /// Stops them all.
  ~Movers();
  Movers(const Movers&) = delete;
  Movers& operator=(const Movers&) = delete;

  /// Starts one that moves fresh folios of this size for ever. Each round is filled anew, moved to
  /// the other node onto memory that another process has dirtied, and compared.
  /// It rests between rounds, where the other processes of a slow guest need the CPU.
  void start(std::size_t folio, std::size_t bytes, std::chrono::milliseconds rest = {});
  /// Runs `work` in a process of its own, over and over.
  void start_other(void (*work)(unsigned round));

  /// Ends them; false when one died.
  bool stop();
  [[nodiscard]] std::uint64_t moves() const { return tally_->moves; }
  [[nodiscard]] std::uint64_t wrong_words() const { return tally_->wrong_words; }

 private:
  MoverTally* tally_;
  std::vector<pid_t> children_;
};

}  // namespace pagefare::kmod_test
