// SPDX-License-Identifier: Apache-2.0
// Where functions of the kernel and its modules are, and when that may have changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pagefare {

struct KernelFunction {
  std::string name;
  std::uint64_t address = 0;  ///< 0: this kernel has no such function now
  std::string module;         ///< that has it; empty for the kernel itself
  std::uint64_t life = 0;     ///< another one for every loading of that module

  bool operator==(const KernelFunction&) const = default;
};

/// Looks functions up in the kernel and all its modules; the answer is in the given order. A module
/// that is being loaded or unloaded has none: nothing can be attached to it. Takes as long as
/// reading PROC_ROOT/kallsyms, tens of milliseconds.
std::vector<KernelFunction> find_kernel_functions(const std::vector<std::string>& names,
                                                  const std::string& proc_root = "/proc",
                                                  const std::string& sys_root = "/sys");

/// Whether the module was unloaded since the function was found. It may be there again, at the same
/// address: what was attached to it is gone all the same.
bool has_gone(const KernelFunction& function, const std::string& sys_root);

/// The loaded modules, where and in which state they are, to notice when one came or went; empty
/// without modules.
std::string module_layout(const std::string& proc_root);

}  // namespace pagefare
