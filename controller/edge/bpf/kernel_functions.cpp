// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/kernel_functions.h"

#include <bcc/bcc_syms.h>
#include <malloc.h>

#include <memory>
#include <sstream>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr int kKernel = -1;

struct FreeCache {
  void operator()(void* cache) const { bcc_free_symcache(cache, kKernel); }
};
using SymbolCache = std::unique_ptr<void, FreeCache>;

/// 0 if there is no such symbol, or the kernel hides addresses (kptr_restrict).
std::uint64_t address_of(const SymbolCache& symbols, const std::string& name) {
  std::uint64_t address = 0;
  if (symbols == nullptr ||
      bcc_symcache_resolve_name(symbols.get(), nullptr, name.c_str(), &address) != 0) {
    return 0;
  }
  return address;
}

}  // namespace

std::vector<KernelFunction> find_kernel_functions(const std::vector<std::string>& names) {
  std::vector<KernelFunction> functions;
  {
    const SymbolCache symbols(bcc_symcache_new(kKernel, nullptr));
    // What was needed at boot only is still listed, but its memory is long somebody else's.
    const std::uint64_t init_start = address_of(symbols, "_sinittext");
    const std::uint64_t init_end = address_of(symbols, "_einittext");
    for (const std::string& name : names) {
      const std::uint64_t address = address_of(symbols, name);
      const bool freed = address >= init_start && address < init_end;
      functions.push_back({.name = name, .address = freed ? 0 : address});
    }
  }
  malloc_trim(0);  // the cache held every symbol of the kernel
  return functions;
}

std::string module_layout(const std::string& proc_root) {
  const auto text = read_text_file(proc_root + "/modules", 1 << 22);
  if (!text) return {};
  std::istringstream lines(*text);
  std::string layout;
  // name, size, references, users, state, address: references change all the time
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find(' '));
    const auto address = line.find(" 0x");
    layout += name + (address == std::string::npos ? "" : line.substr(address)) + "\n";
  }
  return layout;
}

}  // namespace pagefare
