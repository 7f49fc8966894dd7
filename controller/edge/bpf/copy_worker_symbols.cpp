// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/copy_worker_symbols.h"

#include <bcc/bcc_syms.h>
#include <malloc.h>

#include <memory>

namespace pagefare {

namespace {

struct FreeCache {
  void operator()(void* cache) const { bcc_free_symcache(cache, kKernel); }
  static constexpr int kKernel = -1;
};

}  // namespace

std::vector<CopyWorker> find_copy_workers(const std::vector<std::string>& functions) {
  std::vector<CopyWorker> workers;
  {
    const std::unique_ptr<void, FreeCache> symbols(bcc_symcache_new(FreeCache::kKernel, nullptr));
    for (const std::string& function : functions) {
      CopyWorker worker{.function = function};
      if (symbols == nullptr || bcc_symcache_resolve_name(symbols.get(), nullptr, function.c_str(),
                                                          &worker.address) != 0) {
        worker.address = 0;
      }
      workers.push_back(worker);
    }
  }
  malloc_trim(0);  // the cache held every symbol of the kernel
  return workers;
}

}  // namespace pagefare
