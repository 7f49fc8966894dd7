// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pagefare {

struct KernelFunction {
  std::string name;
  std::uint64_t address = 0;  ///< 0: this kernel has no such function now

  bool operator==(const KernelFunction&) const = default;
};

/// Looks functions up in the kernel and all its modules; the answer is in the given order. Takes
/// tens of milliseconds: it reads every kernel symbol.
std::vector<KernelFunction> find_kernel_functions(const std::vector<std::string>& names);

/// The loaded modules and where they are, to notice when one came or went; empty without modules.
std::string module_layout(const std::string& proc_root);

}  // namespace pagefare
