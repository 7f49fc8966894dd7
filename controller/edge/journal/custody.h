// SPDX-License-Identifier: Apache-2.0
// The right to change the machine, and the duty to leave it as it was: one per daemon, shared by
// all that write. Used by one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/edge/config.h"
#include "controller/edge/journal/guard.h"
#include "controller/edge/journal/journal.h"
#include "controller/edge/journal/journaled_write.h"
#include "controller/edge/journal/undo.h"
#include "controller/ports/result.h"

namespace pagefare {

class Custody {
 public:
  struct Settings {
    JournalPlace place;
    /// kRestore: every value that still is ours goes back; kKeep: they stay, and the next start
    /// takes them over.
    OnStop on_stop = OnStop::kRestore;
    /// Program and arguments of the guard, started before the first write; empty: none.
    std::vector<std::string> guard;
  };

  /// Undoes what a start before this one left by crashing, takes over what it kept. `files` must
  /// outlive the custody. Error: the journal cannot be had; then nothing may be written.
  static Result<Custody> open(Settings settings, MachineFiles& files);

  /// Journal, write, read back, with the guard on watch. Error: nothing was touched.
  Result<Changed> write(const Change& change);

  /// Lets go of one value: the original comes back if it still is ours.
  UndoneValue restore(const std::string& path, const std::string& row = {});

  /// Somebody else has the value now: nothing of it will be undone.
  Result<void> cede(const std::string& path, const std::string& row = {});

  /// The orderly end, as on_stop says. Nothing may be written afterwards.
  std::vector<UndoneValue> finish();

  const Journal& journal() const { return journal_; }
  /// What was undone at the start, and what else somebody should know. Said once by the caller.
  const std::vector<std::string>& remarks() const { return remarks_; }
  void set_on_stop(OnStop on_stop) { settings_.on_stop = on_stop; }

 private:
  Custody(Settings settings, Journal journal, MachineFiles& files)
      : settings_(std::move(settings)), journal_(std::move(journal)), files_(&files) {}

  Result<void> settle_leftovers();
  Result<void> post_guard();

  Settings settings_;
  Journal journal_;
  MachineFiles* files_;
  std::optional<Guard> guard_;
  std::vector<std::string> remarks_;
};

/// The guard's command line: this very program, `guard`, with the place of the journal.
std::vector<std::string> guard_command(const std::string& state_directory);

}  // namespace pagefare
