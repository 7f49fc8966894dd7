// SPDX-License-Identifier: Apache-2.0
// A second process that undoes what the journal has when the first one dies without saying goodbye.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "controller/edge/file_descriptor.h"
#include "controller/edge/journal/undo.h"
#include "controller/ports/result.h"

namespace pagefare {

class Guard {
 public:
  Guard() = default;
  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&& other) noexcept;
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  /// Without dismiss() it takes our end as a death and undoes.
  ~Guard() = default;

  /// Runs `command`, whose standard input is a socket that ends when we do: the watch_over() of
  /// another process. In a session of its own, so that signals to our group do not reach it; no
  /// other descriptor of ours is left open in it. Error: it could not be started.
  static Result<Guard> start(const std::vector<std::string>& command);

  /// Whether it still watches.
  bool is_there();

  /// All is in order: it ends without undoing. Waits for it, a second at most.
  void dismiss();

 private:
  Guard(pid_t pid, FileDescriptor line) : pid_(pid), line_(std::move(line)) {}

  pid_t pid_ = -1;
  FileDescriptor line_;
};

/// The guard's side: waits at descriptor `line` for the goodbye or the end. True: the end came
/// without a goodbye, and the values must be undone. Ignores SIGTERM, SIGINT, SIGHUP from then on.
bool watch_over(int line);

}  // namespace pagefare
