// SPDX-License-Identifier: Apache-2.0
// Real page migration with truth known by construction: several cgroups own memory, others cause
// its migration, and what moved is counted without any tracing: by physical frame (pagemap), and
// between nodes also by node (move_pages).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/demo/copy_module.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

struct TenantSize {
  std::string name;
  Bytes size;
};

struct DemoSettings {
  /// How long load runs, setting up and cleaning up excluded. At least one round is finished.
  Nanoseconds duration = std::chrono::seconds(10);
  /// The one cgroup, below the hierarchy's root, that the demo's cgroups are made in.
  std::string cgroup_prefix = "pagefare-demo";
  /// Scaled down together where they exceed 40 % of the available memory.
  std::vector<TenantSize> tenants = {{"tenant-a", Bytes{400ULL << 20}},
                                     {"tenant-b", Bytes{200ULL << 20}},
                                     {"tenant-c", Bytes{100ULL << 20}}};
  /// Called with one line at a time, without a newline.
  std::function<void(const std::string&)> progress = [](const std::string&) {};
  /// When it becomes true the demo ends early and cleans up.
  const std::atomic<bool>* stop = nullptr;
};

enum class DemoAction : std::uint8_t {
  kCompaction,      ///< the compactor writes compact_memory; everybody's pages move
  kMovePagesOwn,    ///< a tenant moves its own pages
  kMovePagesOther,  ///< the mover moves a tenant's pages
  kMbind,           ///< a tenant binds its own range
  kMigratePages,    ///< the mover migrates a tenant
  kCpusetMems,      ///< a tenant's cpuset changes; a kernel worker moves the pages
};

/// "compaction", "move_pages_own", ...
const char* name(DemoAction action);

struct OwnerMove {
  std::string tenant;
  Pages moved;  ///< pages of the tenant in another physical frame than before
  Pages lost;   ///< pages that were there before and not after: not counted as moved
};

struct DemoStep {
  DemoAction action = DemoAction::kCompaction;
  std::string initiator;  ///< "compactor", "mover", a tenant, or "kworker"
  std::vector<OwnerMove> owners;
  Pages kernel_pages;  ///< growth of pgmigrate_success: owners' pages and everybody else's
  Pages node_pages;    ///< that changed node, of the tenant asked about; 0 for compaction
  Nanoseconds cpu{};   ///< of the compacting thread; 0 for other actions
  Nanoseconds wall{};  ///< of the whole step, counting included
};

struct CgroupTruth {
  std::string path;  ///< below the root of the memory controller's hierarchy
  std::string role;  ///< "tenant", "compactor", "mover"
  CgroupId id;       ///< in the memory controller's hierarchy
  Bytes resident;    ///< filled memory; two thirds of the part for compaction are holes at times
  Bytes owned;       ///< moved, of this cgroup's memory
  Bytes initiated;   ///< moved at this cgroup's request, of the tenants' memory
  Bytes initiated_kernel;  ///< growth of pgmigrate_success while its requests lasted
};

struct DemoReport {
  std::vector<CgroupTruth> cgroups;
  std::vector<DemoStep> steps;
  std::uint64_t rounds = 0;
  Nanoseconds elapsed{};
  std::uint64_t page_bytes = 0;
  std::vector<int> nodes;
  Pages owned;                 ///< sum of what the tenants' memory moved
  Pages kernel_pages;          ///< growth of pgmigrate_success within the steps
  Pages kernel_pages_elapsed;  ///< the same from the first step's beginning to the last one's end
  Pages lost;
  bool interrupted = false;
  std::optional<CopyModule> copy_module;  ///< with what it copied while the load ran
};

/// Runs the demo in the calling thread, with child processes. Needs root. All it made is gone when
/// it returns, and shortly after should the process be killed. Only one per cgroup_prefix at a
/// time. The calling thread must not end while it runs.
Result<DemoReport> run_demo(const DemoSettings& settings);

/// For people: a few lines. For programs: one JSON object.
std::string to_text(const DemoReport& report);
std::string to_json(const DemoReport& report);

}  // namespace pagefare::demo
