// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pagefare::demo {

/// A page-aligned range of some process's addresses, in bytes.
struct MemoryRange {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
};

/// Base page size of the running kernel in bytes.
std::uint64_t page_size();

}  // namespace pagefare::demo
