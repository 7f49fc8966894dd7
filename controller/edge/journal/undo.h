// SPDX-License-Identifier: Apache-2.0
// Putting back what the journal remembers: each value only if it still is what we wrote.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/edge/journal/journal.h"
#include "controller/edge/journal/machine_files.h"

namespace pagefare {

struct UndoneValue {
  enum class Outcome : std::uint8_t {
    kRestored,   ///< read what we wrote; reads the original now
    kUntouched,  ///< read the original: we never came to write it
    kTheirs,     ///< reads something else: somebody changed it after us, so it stays
    kGone,       ///< the file, or this generation of it, is gone
    kRefused,    ///< could not be read, written, or did not take; stays in the journal
  };
  std::string path;
  std::string row;
  Outcome outcome{};
  std::string found;     ///< what it read; empty for kGone
  std::string original;  ///< what it was before us
  std::string sentence;  ///< for people
};

std::string_view name(UndoneValue::Outcome outcome);

/// What undo() would do, in its order, touching nothing.
std::vector<UndoneValue> foresee_undo(const Journal& journal, MachineFiles& files);

/// Newest change first. Whatever is dealt with leaves the journal. A value that fails does not stop
/// the others.
std::vector<UndoneValue> undo(Journal& journal, MachineFiles& files);

/// The same for one value: a lever that lets go. Precondition: the journal has it.
UndoneValue undo_one(Journal& journal, MachineFiles& files, const std::string& path,
                     const std::string& row);

}  // namespace pagefare
