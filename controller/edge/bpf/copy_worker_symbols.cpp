// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/copy_worker_symbols.h"

#include <bcc/bcc_syms.h>
#include <malloc.h>

#include <memory>

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

std::vector<CopyWorker> find_copy_workers(const std::vector<std::string>& functions) {
  std::vector<CopyWorker> workers;
  {
    const SymbolCache symbols(bcc_symcache_new(kKernel, nullptr));
    // What was needed at boot only is still listed, but its memory is long somebody else's.
    const std::uint64_t init_start = address_of(symbols, "_sinittext");
    const std::uint64_t init_end = address_of(symbols, "_einittext");
    for (const std::string& function : functions) {
      const std::uint64_t address = address_of(symbols, function);
      const bool freed = address >= init_start && address < init_end;
      workers.push_back({.function = function, .address = freed ? 0 : address});
    }
  }
  malloc_trim(0);  // the cache held every symbol of the kernel
  return workers;
}

}  // namespace pagefare
