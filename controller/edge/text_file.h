// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "controller/ports/result.h"

namespace pagefare {

inline constexpr std::size_t kMaxTextFile = std::size_t{1} << 20;

/// "PATH: cannot be opened: No such file or directory".
tl::unexpected<Error> fail_errno(std::string_view path, std::string_view what, int error);

/// The whole regular file, byte for byte; files of procfs and sysfs too, whose size reads as 0.
/// An error names the path: not there, not readable, a directory or pipe, more than `max_bytes`.
Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes = kMaxTextFile);

}  // namespace pagefare
