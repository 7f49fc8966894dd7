// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/edge/file_descriptor.h"
#include "controller/ports/result.h"

namespace pagefare {

/// Held by the one daemon of a machine. The lock dies with the process, however it ends; the file
/// stays.
class InstanceLock {
 public:
  /// Locks DIRECTORY/pagefare.lock, creating both (0755, 0644) where missing. The error names the
  /// process that holds it, or the path that cannot be written.
  static Result<InstanceLock> acquire(const std::string& directory = "/run/pagefare");

 private:
  explicit InstanceLock(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

}  // namespace pagefare
