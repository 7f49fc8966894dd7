// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pagefare {

/// How this architecture stores a physical address in a page table entry.
struct PageTableLayout {
  std::uint64_t address_mask = 0;     ///< bits of the entry that are address bits in place
  std::uint64_t high_mask = 0;        ///< bits that hold address bits above those
  std::uint32_t high_shift = 0;       ///< how far left they belong
  std::uint64_t inverted_unless = 0;  ///< entries without these bits are stored inverted; 0: never
};

/// For the architecture this is built for. Address bits beyond the machine's memory are left out,
/// which also removes a memory-encryption bit. Sources: x86 __pte_needs_invert and PTE_PFN_MASK;
/// arm64 PTE_ADDR_LOW, PTE_ADDR_HIGH (64K pages, LPA; 4K and 16K pages, LPA2).
/// Precondition: page_size is a power of two, max_pfn > 0.
PageTableLayout page_table_layout(std::uint64_t page_size, std::uint64_t max_pfn);

}  // namespace pagefare
