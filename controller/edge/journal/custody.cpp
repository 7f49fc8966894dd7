// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/custody.h"

#include <utility>

namespace pagefare {

Result<Custody> Custody::open(Settings settings, MachineFiles& files) {
  auto journal = Journal::open(settings.place, files);
  if (!journal) return tl::make_unexpected(journal.error());
  Custody custody(std::move(settings), *std::move(journal), files);
  custody.remarks_ = custody.journal_.remarks();
  if (const auto settled = custody.settle_leftovers(); !settled) {
    return tl::make_unexpected(settled.error());
  }
  return custody;
}

Result<void> Custody::settle_leftovers() {
  if (journal_.kept()) {
    if (!journal_.values().empty()) {
      remarks_.push_back(std::to_string(journal_.values().size()) +
                         " values kept by the run before are taken over");
      if (auto posted = post_guard(); !posted) return posted;
    }
    return journal_.take_over();
  }
  for (const UndoneValue& undone : undo(journal_, *files_)) {
    remarks_.push_back("left by a run that did not end in good order: " + undone.sentence);
  }
  return {};
}

Result<void> Custody::post_guard() {
  if (settings_.guard.empty() || (guard_ && guard_->is_there())) return {};
  guard_.reset();
  auto guard = Guard::start(settings_.guard);
  if (!guard) return fail("nothing is changed on the machine", guard.error());
  guard_ = *std::move(guard);
  return {};
}

Result<Changed> Custody::write(const Change& change) {
  if (const auto posted = post_guard(); !posted) return tl::make_unexpected(posted.error());
  return write_journaled(journal_, *files_, change);
}

UndoneValue Custody::restore(const std::string& path, const std::string& row) {
  return undo_one(journal_, *files_, path, row);
}

Result<void> Custody::cede(const std::string& path, const std::string& row) {
  return journal_.done(path, row);
}

std::vector<UndoneValue> Custody::finish() {
  std::vector<UndoneValue> undone;
  if (settings_.on_stop == OnStop::kKeep) {
    if (const auto kept = journal_.keep(); !kept) remarks_.push_back(kept.error().message);
  } else {
    undone = undo(journal_, *files_);
  }
  if (guard_) guard_->dismiss();
  guard_.reset();
  return undone;
}

std::vector<std::string> guard_command(const std::string& state_directory) {
  return {"/proc/self/exe", "guard", "--state-directory", state_directory};
}

}  // namespace pagefare
