// SPDX-License-Identifier: Apache-2.0
// The real daemon in a guest, run and asked by a test.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "controller/ports/result.h"
#include "tests/vm/guest/status.h"

namespace pagefare::guest {

class Daemon {
 public:
  /// Starts `pagefare run` and waits until it serves. The error has the end of its log.
  static Result<Daemon> start(std::vector<std::string> arguments);

  Daemon(Daemon&& other) noexcept;
  Daemon& operator=(Daemon&& other) noexcept;
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  /// Ends it with SIGTERM and waits.
  ~Daemon();

  pid_t pid() const { return pid_; }
  bool alive() const;
  /// SIGKILL, and waits.
  void kill();
  /// Exit code after SIGTERM, or an error if it had ended before.
  Result<int> terminate();

  /// What it has published last.
  Result<Status> status() const;
  /// What it publishes once it has read everything that happened before this call.
  Result<Status> settled() const;

  /// Resident memory in bytes.
  Result<std::uint64_t> resident() const;

 private:
  explicit Daemon(pid_t pid) : pid_(pid) {}

  pid_t pid_;
};

/// What an action changes in what the daemon publishes.
Result<Change> change_during(const Daemon& daemon, const std::function<void()>& action);

/// A daemon that tests share: started at its first use and again when another layer is wanted,
/// which is "auto", "precise" or "portable". Everything is read four times a second.
Result<Daemon*> shared_daemon(const std::string& layer);

/// For a test that starts one of its own: there is only one at a time.
void end_shared_daemon();

/// The answer of `pagefare ARGUMENTS...`, and what it wrote to standard output.
Result<std::string> run_pagefare(const std::string& arguments);

}  // namespace pagefare::guest
