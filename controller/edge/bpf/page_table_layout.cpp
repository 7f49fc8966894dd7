// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/page_table_layout.h"

#include <bit>

namespace pagefare {

PageTableLayout page_table_layout(std::uint64_t page_size, std::uint64_t max_pfn) {
  const std::uint64_t machine_mask = std::bit_ceil((max_pfn + 1) * page_size) - page_size;
  PageTableLayout layout;
#if defined(__x86_64__)
  constexpr std::uint64_t kPresent = 1;
  layout.address_mask = machine_mask & ((std::uint64_t{1} << 52) - 1);
  layout.inverted_unless = kPresent;
#elif defined(__aarch64__)
  const bool pages_64k = page_size == 65536;
  const std::uint64_t in_place = (std::uint64_t{1} << (pages_64k ? 48 : 50)) - 1;
  layout.address_mask = machine_mask & in_place;
  if (machine_mask > in_place) {
    layout.high_mask = pages_64k ? 0xf000 : 0x300;
    layout.high_shift = pages_64k ? 36 : 42;
  }
#else
#error "page table entries of this architecture are not known: add them here, with their source"
#endif
  return layout;
}

}  // namespace pagefare
