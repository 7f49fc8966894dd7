// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/record/record_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "controller/edge/record/view_lines.h"
#include "controller/edge/text_file.h"

namespace pagefare::record {

Result<std::unique_ptr<RecordFile>> RecordFile::open(const std::string& path,
                                                     std::uint64_t max_bytes) {
  FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0640));
  if (!file.is_open()) return fail_errno(path, "cannot be opened for the record", errno);
  std::unique_ptr<RecordFile> record(new RecordFile(std::move(file), path, max_bytes));
  record->append(head_line());
  if (record->ended()) return fail(path + ": the record cannot be written; is the disk full?");
  return record;
}

void RecordFile::begin(const GovernorTerms& terms) {
  append(to_line(terms));
}

void RecordFile::note(const steer::View& view, const steer::Decision& decision) {
  append(to_line(view, decision));
}

/// A line is written whole or, when the disk is full, cut off and the last one: then it is left out
/// when the record is read.
void RecordFile::append(const std::string& line) {
  if (ended_) return;
  if (line.size() > left_) {
    end("it has its full size");
    return;
  }
  left_ -= line.size();
  const ssize_t written = ::write(file_.get(), line.data(), line.size());
  if (written < 0) {
    end(std::generic_category().message(errno));
  } else if (std::cmp_not_equal(written, line.size())) {
    end("the disk took only a part of a line");
  }
}

void RecordFile::end(const std::string& why) {
  ended_ = true;
  spdlog::warn("{}: the record ends here: {}", path_, why);
}

}  // namespace pagefare::record
