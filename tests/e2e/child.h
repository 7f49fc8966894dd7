// SPDX-License-Identifier: Apache-2.0
// The program under test as a child process, with everything that it says kept.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/edge/file_descriptor.h"

namespace pagefare::e2e {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// What a step between fork and exec returns: whether it worked.
using Preparation = std::function<bool()>;

struct ChildSettings {
  std::vector<std::string> arguments;              ///< of pagefare
  std::map<std::string, std::string> environment;  ///< added to the test's own
  std::vector<Preparation> preparations;           ///< run in the child, in order
  std::string program = PAGEFARE_BINARY;           ///< path of what is run
};

/// A child that could not be prepared ends with this, which pagefare never does.
inline constexpr int kNotPrepared = 125;

/// One process of pagefare. Killed when the test ends, however it ends.
class Child {
 public:
  explicit Child(const ChildSettings& settings);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// Exit code, or 128 + the signal that ended it. Nothing: it still runs after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);
  bool running() { return !wait(0ms).has_value(); }

  std::string out() const;  ///< what it wrote to standard output so far
  std::string err() const;

 private:
  FileDescriptor out_;
  FileDescriptor err_;
  pid_t pid_ = -1;
  std::optional<int> code_;
};

struct Ended {
  int code = -1;  ///< -1: it had to be killed, which also fails the test
  std::string out;
  std::string err;
};

/// Runs pagefare to its end.
Ended run_pagefare(const ChildSettings& settings, std::chrono::milliseconds limit = 60s);

/// Asks until it is so, every 10 ms. False when it never was within `limit`.
bool eventually(const std::function<bool()>& claim, std::chrono::milliseconds limit = 30s);

}  // namespace pagefare::e2e
