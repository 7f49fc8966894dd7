// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/journaled_write.h"

#include <system_error>

namespace pagefare {

namespace {

std::string explain(const Change& change, const Changed& changed, int read_error) {
  const std::string what = change.path + ": \"" + change.to + "\" was not taken: ";
  if (changed.write_error != 0) {
    return what + std::generic_category().message(changed.write_error);
  }
  if (read_error != 0) {
    return what + "it cannot be read back: " + std::generic_category().message(read_error);
  }
  return what + "it reads \"" + changed.reads + "\"";
}

}  // namespace

Result<Changed> write_journaled(Journal& journal, MachineFiles& files, const Change& change) {
  const ChangedValue value{.path = change.path,
                           .row = change.row,
                           .comparison = change.comparison,
                           .identity = files.identity(change.path),
                           .original = change.from,
                           .ours = {}};
  if (const auto noted = journal.will_write(value, change.to); !noted) {
    return tl::make_unexpected(noted.error());
  }
  const auto put =
      files.write_once(change.path, change.row.empty() ? change.to : change.row + " " + change.to);
  Changed changed{.write_error = put ? 0 : put.error()};
  const auto text = files.read(change.path);
  if (!text) {
    changed.sentence = explain(change, changed, text.error());
    return changed;
  }
  changed.reads = change.row.empty() ? *text : row_value(*text, change.row);
  changed.taken = same(change.comparison, changed.reads, change.to);
  if (!changed.taken) changed.sentence = explain(change, changed, 0);
  // An accepted write that reads as something else was clamped, and that is ours to undo. After a
  // refused one it was somebody else.
  const bool ours = put || same(change.comparison, changed.reads, change.from);
  const auto noted = ours ? journal.wrote(change.path, change.row, changed.reads)
                          : journal.done(change.path, change.row);
  if (!noted) return tl::make_unexpected(noted.error());
  return changed;
}

}  // namespace pagefare
