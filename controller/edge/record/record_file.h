// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "controller/edge/file_descriptor.h"
#include "controller/ports/result.h"
#include "controller/ports/view_record.h"

namespace pagefare::record {

/// About a day of one class and one period per second.
inline constexpr std::uint64_t kMaxRecordBytes = std::uint64_t{64} << 20U;

/// Writes a record, a line per call. Ends by itself when `max_bytes` are reached or a write fails;
/// what is in the file stays readable. Why it ended is logged once.
class RecordFile final : public ViewRecord {
 public:
  /// Makes or empties the file. Error: names the path.
  static Result<std::unique_ptr<RecordFile>> open(const std::string& path,
                                                  std::uint64_t max_bytes = kMaxRecordBytes);

  void begin(const GovernorTerms& terms) override;
  void note(const steer::View& view, const steer::Decision& decision) override;

  bool ended() const { return ended_; }

 private:
  RecordFile(FileDescriptor file, std::string path, std::uint64_t max_bytes)
      : file_(std::move(file)), path_(std::move(path)), left_(max_bytes) {}
  void append(const std::string& line);
  void end(const std::string& why);

  FileDescriptor file_;
  std::string path_;
  std::uint64_t left_;
  bool ended_ = false;
};

}  // namespace pagefare::record
