// SPDX-License-Identifier: Apache-2.0
// What we changed on the machine and how it was before, on disk before each change. Used by one
// thread; one process at a time holds it (a lock that dies with the process).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "controller/edge/file_descriptor.h"
#include "controller/edge/journal/journal_text.h"
#include "controller/edge/journal/machine_files.h"
#include "controller/ports/result.h"

namespace pagefare {

inline constexpr const char* kDefaultStateDirectory = "/var/lib/pagefare";

struct JournalPlace {
  std::string directory = kDefaultStateDirectory;
  std::string boot_id;  ///< of this boot: what an earlier one wrote did not survive
  /// How long another holder is waited for.
  std::chrono::milliseconds patience{0};
};

/// DIRECTORY and the boot id that the kernel gives.
Result<JournalPlace> journal_place(const std::string& directory,
                                   const std::string& proc_root = "/proc");

class Journal {
 public:
  /// Makes the directory (0755) and the journal (0600) where missing. What an earlier boot left is
  /// dropped; what this boot left is in values(). A file that is no journal of ours is set aside as
  /// journal.damaged. `files` must outlive the journal. Error: another process holds it (named), or
  /// the directory cannot be written; then nothing may be changed on the machine.
  static Result<Journal> open(const JournalPlace& place, MachineFiles& files);

  /// Before the write: `value.original` counts only for the first change of a value. On disk when
  /// it returns; on an error the write must not be made.
  Result<void> will_write(const ChangedValue& value, const std::string& ours);
  /// After it: what was read back. Back at the original is nothing left to undo.
  Result<void> wrote(std::string_view path, std::string_view row, const std::string& reads);
  /// Nothing left to undo: restored, gone, or somebody else's.
  Result<void> done(std::string_view path, std::string_view row);
  /// The values stay as they are when we stop; the next start takes them over.
  Result<void> keep();
  /// The values that a start before this one kept are ours again: a crash undoes them.
  Result<void> take_over();

  const std::vector<ChangedValue>& values() const { return content_.values; }
  const ChangedValue* find(std::string_view path, std::string_view row = {}) const;
  bool kept() const { return content_.kept; }
  /// What was found at opening that somebody should know, in sentences. Said once by the caller.
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  Journal(std::string path, FileDescriptor lock, MachineFiles& files)
      : path_(std::move(path)), lock_(std::move(lock)), files_(&files) {}

  Result<void> load(const std::string& boot_id);
  Result<void> set_aside();
  void remark(const std::string& boot_id);
  Result<void> append(const std::string& line);
  Result<void> compact();

  std::string path_;
  FileDescriptor lock_;
  MachineFiles* files_;
  JournalContent content_;
  std::size_t size_ = 0;  // of the file
  std::vector<std::string> remarks_;
};

}  // namespace pagefare
