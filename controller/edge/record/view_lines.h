// SPDX-License-Identifier: Apache-2.0
// A recorded run as text: a line of JSON per governor that began and per period that it saw. The
// first line has the version. Numbers are written so that they read back as the same.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controller/ports/result.h"
#include "controller/ports/view_record.h"

namespace pagefare::record {

inline constexpr int kVersion = 1;

/// What was decided then; the rest of a decision follows from the views.
struct Decided {
  steer::Rule rule = steer::Rule::kHold;
  steer::Setting target;
  steer::Knobs write;
  bool operator==(const Decided&) const = default;
};
Decided decided(const steer::Decision& decision);

struct Seen {
  steer::View view;
  Decided decided;
};
using Entry = std::variant<GovernorTerms, Seen>;

/// Each ends with a newline.
std::string head_line();
std::string to_line(const GovernorTerms& terms);
std::string to_line(const steer::View& view, const steer::Decision& decision);

/// All of a record. A last line that was cut off is left out. The error names `path` and the line.
Result<std::vector<Entry>> read_lines(std::string_view text, const std::string& path);

}  // namespace pagefare::record
