// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>

#include "controller/ports/result.h"

namespace pagefare::guest {

/// A child process that does something and then stays, until it is killed or the value ends.
class HeldProcess {
 public:
  /// Returns when `work` has. Its error, or what kept it from running, is the caller's.
  static Result<HeldProcess> start(const std::function<Result<void>()>& work);

  HeldProcess(HeldProcess&& other) noexcept;
  HeldProcess& operator=(HeldProcess&&) = delete;
  HeldProcess(const HeldProcess&) = delete;
  HeldProcess& operator=(const HeldProcess&) = delete;
  ~HeldProcess();

  pid_t pid() const { return pid_; }
  /// SIGKILL, and waits until it is gone.
  void kill();

 private:
  explicit HeldProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;
};

}  // namespace pagefare::guest
