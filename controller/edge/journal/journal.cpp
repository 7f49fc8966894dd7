// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <thread>
#include <utility>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

/// Above this the file is written anew with what still counts.
constexpr std::size_t kMaxBytes = std::size_t{64} << 10;

/// A process that is killed lets go of its files from the highest on. With the lock among the first
/// its guard need not wait until the kernel has taken all BPF programs away, which takes seconds.
FileDescriptor moved_up(FileDescriptor file) {
  constexpr int kHigh = 900;  // below the usual bound of 1024
  const int moved = ::fcntl(file.get(), F_DUPFD_CLOEXEC, kHigh);
  return moved >= 0 ? FileDescriptor(moved) : std::move(file);
}

Result<FileDescriptor> lock_directory(const JournalPlace& place) {
  const std::string path = place.directory + "/journal.lock";
  if (::mkdir(place.directory.c_str(), 0755) != 0 && errno != EEXIST) {
    return fail_errno(place.directory, "the state directory cannot be created", errno);
  }
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) {
    return fail(fail_errno(path, "cannot be opened for writing", errno).value().message +
                "; nothing is changed on the machine without a state directory "
                "(--state-directory names another)");
  }
  const auto deadline = std::chrono::steady_clock::now() + place.patience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return fail_errno(path, "cannot be locked", errno);
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(path +
                  ": another pagefare holds the journal; stop it first (it restores when it "
                  "stops)");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return moved_up(std::move(file));
}

}  // namespace

Result<JournalPlace> journal_place(const std::string& directory, const std::string& proc_root) {
  auto boot = read_text_file(proc_root + "/sys/kernel/random/boot_id");
  if (!boot) return tl::make_unexpected(boot.error());
  while (!boot->empty() && boot->back() == '\n') boot->pop_back();
  return JournalPlace{.directory = directory, .boot_id = *std::move(boot)};
}

Result<Journal> Journal::open(const JournalPlace& place, MachineFiles& files) {
  auto lock = lock_directory(place);
  if (!lock) return tl::make_unexpected(lock.error());
  Journal journal(place.directory + "/journal", *std::move(lock), files);
  if (const auto loaded = journal.load(place.boot_id); !loaded) {
    return tl::make_unexpected(loaded.error());
  }
  return journal;
}

Result<void> Journal::load(const std::string& boot_id) {
  if (::access(path_.c_str(), F_OK) == 0) {
    const auto text = read_text_file(path_);
    if (!text) return tl::make_unexpected(text.error());
    content_ = parse_journal(*text);
    if (!content_.understood && !text->empty()) {
      if (const auto aside = set_aside(); !aside) return aside;
    }
    remark(boot_id);
  }
  if (content_.boot != boot_id) content_ = {.boot = boot_id};
  return compact();
}

Result<void> Journal::set_aside() {
  const std::string aside = path_ + ".damaged";
  if (::rename(path_.c_str(), aside.c_str()) != 0) {
    return fail_errno(path_, "is no journal of this version and cannot be set aside", errno);
  }
  remarks_.push_back(path_ + ": is no journal of this version; set aside as " + aside +
                     ". What it would have undone stays as it is: compare by hand");
  return {};
}

void Journal::remark(const std::string& boot_id) {
  if (content_.understood && content_.boot != boot_id && !content_.values.empty()) {
    remarks_.push_back(std::to_string(content_.values.size()) +
                       " changes of an earlier boot are forgotten: they ended with it");
  }
  if (content_.damaged > 0) {
    remarks_.push_back(path_ + ": damaged lines passed over: " + std::to_string(content_.damaged));
  }
}

Result<void> Journal::take_over() {
  content_.kept = false;
  return compact();
}

Result<void> Journal::compact() {
  const std::string text = journal_text(content_);
  if (const auto put = files_->replace(path_, text); !put) {
    return fail_errno(path_, "cannot be written", put.error());
  }
  size_ = text.size();
  return {};
}

Result<void> Journal::append(const std::string& line) {
  if (size_ + line.size() > kMaxBytes) return compact();
  if (const auto put = files_->append(path_, line); !put) {
    // Half a line may be there: without writing it anew the next would be taken for its end.
    size_ = kMaxBytes;
    return fail_errno(path_, "cannot be written", put.error());
  }
  size_ += line.size();
  return {};
}

Result<void> Journal::will_write(const ChangedValue& value, const std::string& ours) {
  ChangedValue first = value;
  if (const ChangedValue* known = find(value.path, value.row)) first = *known;
  const auto before = content_.values;
  apply_will(content_.values, first, ours);
  content_.kept = false;
  auto put = append(will_line(first, ours));
  if (!put) content_.values = before;
  return put;
}

Result<void> Journal::wrote(std::string_view path, std::string_view row, const std::string& reads) {
  const ChangedValue* value = find(path, row);
  if (value == nullptr) return {};
  if (same(value->comparison, value->original, reads)) return done(path, row);
  apply_wrote(content_.values, path, row, reads);
  return append(wrote_line(path, row, reads));
}

Result<void> Journal::done(std::string_view path, std::string_view row) {
  if (find(path, row) == nullptr) return {};
  const std::string line = done_line(path, row);
  // `path` may be a part of what is erased.
  apply_done(content_.values, std::string(path), std::string(row));
  return append(line);
}

Result<void> Journal::keep() {
  content_.kept = true;
  return append(kept_line());
}

const ChangedValue* Journal::find(std::string_view path, std::string_view row) const {
  const auto found = std::ranges::find_if(content_.values, [&](const ChangedValue& value) {
    return value.path == path && value.row == row;
  });
  return found == content_.values.end() ? nullptr : &*found;
}

}  // namespace pagefare
