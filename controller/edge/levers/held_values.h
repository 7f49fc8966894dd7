// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "controller/core/fair/restraint.h"
#include "controller/edge/journal/custody.h"
#include "controller/edge/journal/machine_files.h"

namespace pagefare {

/// What became of one attempt to hold a value.
struct Hold {
  fair::Outcome outcome{};
  std::string why;      ///< one clause; empty for kApplied
  std::string reads;    ///< what the value reads now; empty if it could not be read
  int write_error = 0;  ///< errno of a write that failed
};

/// Values of the machine that are ours for a while: each one is written only while it reads as we
/// left it, and given back as it was found. A value that somebody else wrote is ceded at once.
class HeldValues {
 public:
  /// Both must outlive the value.
  HeldValues(Custody& custody, MachineFiles& files) : custody_(&custody), files_(&files) {}

  /// Begins a period, in which at most this many values are written or given back: each costs a
  /// journal that has to reach the disk.
  void begin(int most_writes) { writes_left_ = most_writes; }

  /// Makes the file (or the line `row` of a table) read `to`. kUnavailable when it is put off to
  /// the next period.
  Hold hold(const std::string& path, const std::string& row, Comparison comparison,
            const std::string& to);
  /// Gives it back. kApplied where nothing of ours is left, also when it was never held;
  /// kUnavailable when it is put off.
  Hold let_go(const std::string& path, const std::string& row = {});

  /// What it was before we had it; null while we do not have it.
  const ChangedValue* find(const std::string& path, const std::string& row = {}) const {
    return custody_->journal().find(path, row);
  }
  /// Everything of ours whose path ends so.
  std::vector<ChangedValue> held(std::string_view path_end) const;

  /// Whether it still reads as we left it; cedes it otherwise. Precondition: find() is not null.
  Hold check(const std::string& path, const std::string& row = {});

 private:
  bool may_write();
  Hold cede(const std::string& path, const std::string& row, Hold outcome);

  Custody* custody_;
  MachineFiles* files_;
  int writes_left_ = std::numeric_limits<int>::max();
};

}  // namespace pagefare
