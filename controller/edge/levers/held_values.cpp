// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/held_values.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace pagefare {

namespace {

using fair::Outcome;

constexpr std::string_view kNoRow = "-";

bool is_gone(int error) {
  return error == ENOENT || error == ENODEV || error == ENOTDIR;
}

Hold unreadable(const std::string& path, int error) {
  if (is_gone(error)) return {.outcome = Outcome::kGone, .why = path + " is gone"};
  return {.outcome = Outcome::kFailed,
          .why = path + ": cannot be read: " + std::generic_category().message(error)};
}

Hold theirs(const std::string& path, const std::string& row, const std::string& reads) {
  return {.outcome = Outcome::kTheirs,
          .why = path + (row.empty() ? "" : " (" + row + ")") + " reads \"" + reads +
                 "\", which somebody else wrote",
          .reads = reads};
}

Hold put_off(const std::string& path) {
  return {.outcome = Outcome::kUnavailable,
          .why = path + ": put off, enough values were written in this period"};
}

Hold judged(const Changed& changed) {
  Hold hold{
      .outcome = Outcome::kApplied, .reads = changed.reads, .write_error = changed.write_error};
  if (changed.taken) return hold;
  hold.outcome = is_gone(changed.write_error) ? Outcome::kGone : Outcome::kFailed;
  hold.why = changed.sentence;
  return hold;
}

}  // namespace

bool HeldValues::may_write() {
  return writes_left_-- > 0;
}

Hold HeldValues::cede(const std::string& path, const std::string& row, Hold outcome) {
  if (const auto ceded = custody_->cede(path, row); !ceded) {
    outcome.why += "; " + ceded.error().message;
  }
  return outcome;
}

Hold HeldValues::check(const std::string& path, const std::string& row) {
  const ChangedValue value = *find(path, row);
  const auto text = files_->read(path);
  if (!text) {
    auto failed = unreadable(path, text.error());
    return failed.outcome == Outcome::kGone ? cede(path, row, std::move(failed)) : failed;
  }
  if (value.identity != 0 && files_->identity(path) != value.identity) {
    return cede(path, row, {.outcome = Outcome::kGone, .why = path + " is another file now"});
  }
  const std::string reads = row.empty() ? *text : row_value(*text, row);
  const bool ours = std::ranges::any_of(
      value.ours, [&](const std::string& wrote) { return same(value.comparison, reads, wrote); });
  if (!ours) return cede(path, row, theirs(path, row, reads));
  return {.outcome = Outcome::kApplied, .reads = reads};
}

Hold HeldValues::hold(const std::string& path, const std::string& row, Comparison comparison,
                      const std::string& to) {
  std::string from;
  if (find(path, row) != nullptr) {
    auto checked = check(path, row);
    if (checked.outcome != Outcome::kApplied) return checked;
    from = std::move(checked.reads);
  } else {
    const auto text = files_->read(path);
    if (!text) return unreadable(path, text.error());
    from = row.empty() ? *text : row_value(*text, row);
    // A line that we did not write is somebody's, whatever it says.
    if (!row.empty() && from != kNoRow) return theirs(path, row, from);
  }
  if (same(comparison, from, to)) return {.outcome = Outcome::kApplied, .reads = from};
  if (!may_write()) return put_off(path);
  const auto changed =
      custody_->write({.path = path, .row = row, .comparison = comparison, .from = from, .to = to});
  if (!changed) return {.outcome = Outcome::kFailed, .why = changed.error().message};
  return judged(*changed);
}

Hold HeldValues::let_go(const std::string& path, const std::string& row) {
  if (find(path, row) == nullptr) return {.outcome = Outcome::kApplied};
  if (!may_write()) return put_off(path);
  const auto undone = custody_->restore(path, row);
  switch (undone.outcome) {
    case UndoneValue::Outcome::kRestored:
    case UndoneValue::Outcome::kUntouched:
      return {.outcome = Outcome::kApplied, .reads = undone.original};
    case UndoneValue::Outcome::kTheirs:
      return {.outcome = Outcome::kTheirs, .why = undone.sentence, .reads = undone.found};
    case UndoneValue::Outcome::kGone:
      return {.outcome = Outcome::kGone, .why = undone.sentence};
    case UndoneValue::Outcome::kRefused:
      break;
  }
  return {.outcome = Outcome::kFailed, .why = undone.sentence, .reads = undone.found};
}

std::vector<ChangedValue> HeldValues::held(std::string_view path_end) const {
  std::vector<ChangedValue> values;
  for (const ChangedValue& value : custody_->journal().values()) {
    if (value.path.ends_with(path_end)) values.push_back(value);
  }
  return values;
}

}  // namespace pagefare
