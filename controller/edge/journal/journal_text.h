// SPDX-License-Identifier: Apache-2.0
// The journal as text: one record a line, words escaped, a checksum at the end of each line.
//
//   pagefare-journal 1 c0ffee00
//   boot 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed 12345678
//   will PATH ROW COMPARISON IDENTITY ORIGINAL OURS 12345678
//   wrote PATH ROW OURS 12345678
//   done PATH ROW 12345678
//   kept 12345678
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/edge/journal/comparison.h"

namespace pagefare {

/// One value of the machine that we changed, or were about to.
struct ChangedValue {
  std::string path;
  std::string row;  ///< key of the line that is ours in a table "KEY VALUE"; empty: the whole file
  Comparison comparison = Comparison::kText;
  std::uint64_t identity = 0;  ///< MachineFiles::identity() at the first change
  std::string original;
  /// What it may read now if nobody else wrote: what was read back last and, if we died before
  /// reading back, what we were about to write.
  std::vector<std::string> ours;
};

struct JournalContent {
  bool understood = false;  ///< false: not ours, or of a version that this program does not know
  std::string boot;
  std::vector<ChangedValue> values;  ///< in the order of their first change
  bool kept = false;                 ///< stopped in good order, values to be left as they are
  std::size_t damaged = 0;           ///< lines that do not carry their checksum; a torn end is none
};

JournalContent parse_journal(std::string_view text);

/// The shortest journal that says the same.
std::string journal_text(const JournalContent& content);

std::string will_line(const ChangedValue& value, std::string_view ours);
std::string wrote_line(std::string_view path, std::string_view row, std::string_view ours);
std::string done_line(std::string_view path, std::string_view row);
std::string kept_line();

/// Applies one record to the values, as reading it again would.
void apply_will(std::vector<ChangedValue>& values, const ChangedValue& value,
                const std::string& ours);
void apply_wrote(std::vector<ChangedValue>& values, std::string_view path, std::string_view row,
                 const std::string& ours);
void apply_done(std::vector<ChangedValue>& values, std::string_view path, std::string_view row);

}  // namespace pagefare
