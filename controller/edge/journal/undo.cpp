// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/undo.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ranges>
#include <system_error>

namespace pagefare {

namespace {

using Outcome = UndoneValue::Outcome;

bool is_gone(int error) {
  // A cgroup or module that goes away answers ENODEV to descriptors opened before.
  return error == ENOENT || error == ENODEV || error == ENOTDIR;
}

std::string place_of(const ChangedValue& value) {
  return value.row.empty() ? value.path : value.path + " (" + value.row + ")";
}

std::string value_in(const ChangedValue& value, const std::string& text) {
  return value.row.empty() ? text : row_value(text, value.row);
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

UndoneValue finish(UndoneValue undone, Outcome outcome, std::string sentence) {
  undone.outcome = outcome;
  undone.sentence = std::move(sentence);
  return undone;
}

/// What would happen: kRestored where the original has to be written.
UndoneValue judge(const ChangedValue& value, MachineFiles& files) {
  UndoneValue undone{.path = value.path, .row = value.row, .original = value.original};
  const std::string place = place_of(value);
  const auto text = files.read(value.path);
  if (!text && is_gone(text.error())) return finish(undone, Outcome::kGone, place + ": is gone");
  if (!text) {
    return finish(undone, Outcome::kRefused,
                  place + ": cannot be read: " + std::generic_category().message(text.error()));
  }
  if (value.identity != 0 && files.identity(value.path) != value.identity) {
    return finish(undone, Outcome::kGone, place + ": is gone; another has its name");
  }
  undone.found = value_in(value, *text);
  if (same(value.comparison, undone.found, value.original)) {
    return finish(undone, Outcome::kUntouched, place + ": is as it was, " + quoted(undone.found));
  }
  const bool ours = std::ranges::any_of(value.ours, [&](const std::string& wrote) {
    return same(value.comparison, undone.found, wrote);
  });
  if (!ours) {
    return finish(undone, Outcome::kTheirs,
                  place + ": reads " + quoted(undone.found) + ", which somebody else wrote after " +
                      quoted(value.ours.empty() ? "" : value.ours.back()) + " of ours; left alone");
  }
  return finish(undone, Outcome::kRestored,
                place + ": from " + quoted(undone.found) + " back to " + quoted(value.original));
}

UndoneValue write_original(const ChangedValue& value, UndoneValue undone, MachineFiles& files) {
  const std::string text = value.row.empty() ? value.original : value.row + " " + value.original;
  const auto put = files.write_once(value.path, text);
  const auto after = files.read(value.path);
  if (after && same(value.comparison, value_in(value, *after), value.original)) return undone;
  const int error = !put ? put.error() : after ? 0 : after.error();
  if (is_gone(error)) {
    return finish(std::move(undone), Outcome::kGone, place_of(value) + ": is gone");
  }
  return finish(std::move(undone), Outcome::kRefused,
                place_of(value) + ": " + quoted(value.original) + " was not taken: " +
                    (error != 0 ? std::generic_category().message(error)
                                : "it reads " + quoted(value_in(value, *after))));
}

}  // namespace

std::string_view name(Outcome outcome) {
  constexpr std::array<std::string_view, 5> kNames{"restored", "untouched", "theirs", "gone",
                                                   "refused"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::vector<UndoneValue> foresee_undo(const Journal& journal, MachineFiles& files) {
  std::vector<UndoneValue> all;
  for (const ChangedValue& value : std::views::reverse(journal.values())) {
    all.push_back(judge(value, files));
  }
  return all;
}

UndoneValue undo_one(Journal& journal, MachineFiles& files, const std::string& path,
                     const std::string& row) {
  const ChangedValue* found = journal.find(path, row);
  if (found == nullptr) return {.path = path, .row = row, .outcome = Outcome::kGone};
  const ChangedValue value = *found;
  UndoneValue undone = judge(value, files);
  if (undone.outcome == Outcome::kRestored) undone = write_original(value, undone, files);
  if (undone.outcome == Outcome::kRefused) return undone;
  if (const auto noted = journal.done(path, row); !noted) {
    undone.sentence += "; " + noted.error().message;
  }
  return undone;
}

std::vector<UndoneValue> undo(Journal& journal, MachineFiles& files) {
  std::vector<UndoneValue> all;
  const std::vector<ChangedValue> values = journal.values();
  for (const ChangedValue& value : std::views::reverse(values)) {
    all.push_back(undo_one(journal, files, value.path, value.row));
  }
  return all;
}

}  // namespace pagefare
