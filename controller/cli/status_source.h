// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "controller/ports/result.h"

namespace pagefare {

inline constexpr const char* kDefaultUrl = "http://127.0.0.1:9464";

/// Where `top` gets its readings: the running daemon, or an observation of its own.
class StatusSource {
 public:
  StatusSource() = default;
  StatusSource(const StatusSource&) = delete;
  StatusSource& operator=(const StatusSource&) = delete;
  virtual ~StatusSource() = default;

  /// The text of /status, now.
  virtual Result<std::string> fetch() = 0;
};

/// The daemon at `url` if one answers, else BPF programs of our own (needs what `run` needs).
/// Error: neither works, with both reasons.
Result<std::unique_ptr<StatusSource>> open_status_source(const std::string& url);

}  // namespace pagefare
