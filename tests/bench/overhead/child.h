// SPDX-License-Identifier: Apache-2.0
// A program run beside us whose output a thread takes.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/edge/file_descriptor.h"
#include "controller/ports/result.h"

namespace pagefare::bench {

/// Runs until it is ended; killed when it still runs at destruction.
class Child {
 public:
  /// `take` gets both outputs in pieces, from a thread of its own.
  static Result<std::unique_ptr<Child>> start(const std::vector<std::string>& command,
                                              std::function<void(std::string_view)> take);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child();

  /// Waits until the child has perf events open and their number no longer changes: that is when
  /// a tracer is attached. Error: it ended, or took too long.
  Result<void> await_attached();

  /// SIGINT, wait, and the rest of the output. Error: it had ended by itself or had to be killed.
  Result<void> end();

  /// CPU time of the thread that took the output; after end().
  Nanoseconds reader_cpu() const { return reader_cpu_; }

 private:
  Child(pid_t pid, FileDescriptor output, std::function<void(std::string_view)> take);
  void read_all();
  std::size_t perf_events() const;
  bool has_ended(int milliseconds);

  pid_t pid_;
  bool reaped_ = false;
  FileDescriptor output_;
  std::function<void(std::string_view)> take_;
  Nanoseconds reader_cpu_{0};
  std::thread reader_;
};

/// Whether a program of that name is on PATH.
bool is_installed(const std::string& program);

}  // namespace pagefare::bench
