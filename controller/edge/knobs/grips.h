// SPDX-License-Identifier: Apache-2.0
// Whose each knob is: ours while it reads what we wrote last, somebody else's from when it does
// not, until it is released.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "controller/core/knobs/state.h"
#include "controller/edge/journal/comparison.h"
#include "controller/ports/result.h"

namespace pagefare {

class Grips {
 public:
  /// Fills grip, ours and theirs_since of a row as read at `now`. True: it has just become theirs.
  bool judge(KnobRow& row, Comparison comparison, std::int64_t now_unix_ns);

  void wrote(const std::string& knob, const std::string& reads);
  void release(const std::string& knob);
  bool knows(const std::string& knob) const { return held_.contains(knob); }

 private:
  struct Held {
    std::string ours;
    std::int64_t theirs_since = 0;  // 0: still ours
  };
  std::map<std::string, Held> held_;
};

/// Asks the daemon of `run_directory` to take a knob for free again: a file in a directory that
/// only its user can write. Error: names the directory and the remedy.
Result<void> ask_for_release(const std::string& run_directory, const std::string& knob);

/// The knobs asked for, each once. The requests are gone afterwards.
std::vector<std::string> take_releases(const std::string& run_directory);

}  // namespace pagefare
