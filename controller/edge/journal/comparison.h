// SPDX-License-Identifier: Apache-2.0
// Whether two texts of a machine file say the same: kernels print what they took in their own way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pagefare {

enum class Comparison : std::uint8_t {
  kText,    ///< word for word; how many blanks there are between does not matter
  kNumber,  ///< 16, 0x10
  kSwitch,  ///< 1, Y, on, true
  kMask,    ///< hexadecimal with commas: f, 00000000,0000000f
  kNames,   ///< separated by commas, in any order
  kChoice,  ///< all names, the chosen one in brackets: "always [madvise] never", or just the name
};

/// The spelling in the journal: "text", "number", ...
std::string_view name(Comparison comparison);
std::optional<Comparison> comparison_named(std::string_view text);

/// Falls back to kText for what is not of the kind.
bool same(Comparison how, std::string_view a, std::string_view b);

/// The value of row KEY in a table of lines "KEY VALUE": everything after the key; "-" without one.
std::string row_value(std::string_view table, std::string_view key);

}  // namespace pagefare
