// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "controller/ports/result.h"

namespace pagefare {

/// Address of the struct page of page frame 0, so that struct page N is at base + N * struct_size.
/// Found by faulting in pages of our own, whose frame numbers PROC/self/pagemap tells and whose
/// struct pages a BPF program sees; every page must agree. Needs CAP_SYS_ADMIN for frame numbers.
/// Error: why it cannot be known here (also where the page array is not one piece).
Result<std::uint64_t> find_vmemmap(const std::string& proc_root, std::uint64_t struct_size);

}  // namespace pagefare
