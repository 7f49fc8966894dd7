// SPDX-License-Identifier: Apache-2.0
// One change of a file of the machine. Acting code goes through Custody::write(), which also keeps
// the guard.
#pragma once

#include <string>

#include "controller/edge/journal/comparison.h"
#include "controller/edge/journal/journal.h"
#include "controller/edge/journal/machine_files.h"
#include "controller/ports/result.h"

namespace pagefare {

struct Change {
  std::string path;
  std::string row;  ///< key of a line "KEY VALUE" of a table; empty: the whole file
  Comparison comparison = Comparison::kText;
  std::string from;  ///< what it reads now; remembered as the original at the first change
  std::string to;    ///< what it is to read; "-" for a row that is to go
};

struct Changed {
  bool taken = false;    ///< it reads `to` now
  std::string reads;     ///< what it reads now; empty if it could not be read
  int write_error = 0;   ///< errno of the write, 0 if it was accepted
  std::string sentence;  ///< why it was not taken, the file named first; empty when taken
};

/// The journal, then one write(2), then reading back. A value that was not taken and reads as
/// before changes nothing. Error: the journal could not be written; nothing was touched.
Result<Changed> write_journaled(Journal& journal, MachineFiles& files, const Change& change);

}  // namespace pagefare
