// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pagefare {

struct CopyWorker {
  std::string function;
  std::uint64_t address = 0;  ///< 0: this kernel has no such function now
};

/// Looks the functions up in the kernel and all its modules, in the given order. Takes tens of
/// milliseconds: it reads every kernel symbol.
std::vector<CopyWorker> find_copy_workers(const std::vector<std::string>& functions);

}  // namespace pagefare
