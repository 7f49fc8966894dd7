// SPDX-License-Identifier: Apache-2.0
// The mover program, driven by a test.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "controller/ports/result.h"

namespace pagefare::guest {

class MoverProcess {
 public:
  /// Starts it and waits until its memory is in place. `arguments` are the mover's options.
  static Result<MoverProcess> start(std::vector<std::string> arguments);

  MoverProcess(MoverProcess&& other) noexcept;
  MoverProcess& operator=(MoverProcess&& other) = delete;
  MoverProcess(const MoverProcess&) = delete;
  MoverProcess& operator=(const MoverProcess&) = delete;
  /// Ends it and waits for its end.
  ~MoverProcess();

  pid_t pid() const { return pid_; }
  /// Ends it in the middle of whatever it does.
  void kill();
  /// Sends an order and waits for its answer.
  Result<nlohmann::json> order(std::string_view order);
  /// Sends an order whose answer `answer()` will fetch.
  Result<void> send(std::string_view order);
  Result<nlohmann::json> answer();

 private:
  MoverProcess(pid_t pid, int orders, int answers)
      : pid_(pid), orders_(orders), answers_(answers) {}

  pid_t pid_;
  int orders_;
  int answers_;
  std::string unread_;
};

}  // namespace pagefare::guest
