// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include "controller/demo/demo_cgroups.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

/// A process that removes the demo's cgroups should the demo be killed before it can. It ignores
/// what ends the demo, lives outside its cgroups, and goes when the demo has cleaned up by itself.
class Guardian {
 public:
  static Result<Guardian> post(const DemoCgroups& cgroups);
  Guardian(Guardian&& other) noexcept;
  Guardian& operator=(Guardian&&) = delete;
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  /// Dismisses it if that was not done, so that it cleans up, and waits for its end.
  ~Guardian();

  /// There is nothing left to remove.
  void dismiss();

 private:
  Guardian(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}
  pid_t pid_;
  int pipe_;
};

}  // namespace pagefare::demo
