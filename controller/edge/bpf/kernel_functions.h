// SPDX-License-Identifier: Apache-2.0
// Where functions of the kernel and its modules are, and when that may have changed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pagefare {

struct KernelFunction {
  std::string name;
  std::uint64_t address = 0;  ///< 0: this kernel has no such function now
  std::string module;         ///< that has it; empty for the kernel itself
  std::uint64_t life = 0;     ///< another one for every loading of that module

  bool operator==(const KernelFunction&) const = default;
};

struct KernelSymbol {
  std::string_view name;
  std::string_view module;    ///< empty for the kernel itself
  std::uint64_t address = 0;  ///< never 0: symbols whose address is hidden are left out
};
using SymbolVisitor = std::function<void(const KernelSymbol&)>;
/// Calls the visitor for every symbol there is.
using SymbolWalk = std::function<void(const SymbolVisitor&)>;

/// The symbols of the running kernel and its modules that are no data. Takes as long as reading
/// /proc/kallsyms, tens of milliseconds.
void walk_kernel_symbols(const SymbolVisitor& visit);

/// Looks functions up in the kernel and all its modules; the answer is in the given order. A module
/// that is being loaded or unloaded has none: nothing can be attached to it.
std::vector<KernelFunction> find_kernel_functions(const std::vector<std::string>& names,
                                                  const std::string& sys_root = "/sys",
                                                  const SymbolWalk& walk = walk_kernel_symbols);

/// Whether the module was unloaded since the function was found. It may be there again, at the same
/// address: what was attached to it is gone all the same.
bool has_gone(const KernelFunction& function, const std::string& sys_root);

/// The loaded modules, where and in which state they are, to notice when one came or went; empty
/// without modules.
std::string module_layout(const std::string& proc_root);

}  // namespace pagefare
