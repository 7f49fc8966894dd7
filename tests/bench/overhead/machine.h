// SPDX-License-Identifier: Apache-2.0
// What the watchers of this program need to know of the machine, found once.
#pragma once

#include <cstdint>

#include "controller/edge/bpf/bpf_source.h"
#include "controller/edge/bpf/page_table_layout.h"
#include "controller/ports/result.h"

namespace pagefare::bench {

/// As the daemon would set it up with the portable layer asked for.
Result<BpfSettings> portable_settings();

/// How to get from a page table entry to a folio.
struct FolioAddressing {
  std::uint32_t page_size = 0;
  std::uint64_t vmemmap = 0;
  std::uint64_t struct_page_size = 0;
  std::uint32_t node_bits = 0;
  bool rdonly_cast = false;
  PageTableLayout layout;
};

Result<FolioAddressing> folio_addressing();

}  // namespace pagefare::bench
