// SPDX-License-Identifier: Apache-2.0
// Cgroup names are bytes that any tenant may choose; what we print must be text, and must not drive
// a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pagefare {

/// The text with each byte that is not part of valid UTF-8 written as \xNN. One such byte in a
/// label would make Prometheus refuse the whole scrape.
std::string valid_utf8(std::string_view text);

/// valid_utf8(), with control characters (C0, DEL, C1) written as \xNN as well.
std::string printable(std::string_view text);

/// Number of code points. Precondition: valid UTF-8. A terminal may draw some of them wider.
std::size_t code_points(std::string_view text);

/// At most `width` code points: a longer text loses its beginning, marked with "..", since the end
/// of a cgroup path tells most. Precondition: valid UTF-8.
std::string keep_end(std::string_view text, std::size_t width);

/// At most `width` code points: a longer text loses its end. Precondition: valid UTF-8.
std::string keep_start(std::string_view text, std::size_t width);

}  // namespace pagefare
