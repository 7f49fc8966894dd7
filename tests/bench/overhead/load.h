// SPDX-License-Identifier: Apache-2.0
// What is watched: work whose CPU time and number of units are known without any watcher.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "controller/core/quantity.h"
#include "controller/ports/result.h"

namespace pagefare::bench {

struct Work {
  std::uint64_t units = 0;
  Nanoseconds cpu{0};
};

struct Load {
  std::string name;
  std::string unit;  ///< "page", "switch"
  std::function<Result<Work>()> run;
};

/// Real compaction of memory that is fragmented anew each time (unmeasured), until `pages` base
/// pages have moved; `holes` is the memory that holes are punched into. Units are the kernel's
/// pgmigrate_success, CPU time that of the thread that asks for the compaction.
Result<Load> compaction_load(std::uint64_t pages, Bytes holes);

/// The same, with the memory of as many processes as `owners`, each in a memory cgroup of its own;
/// nobody of them compacts. The cgroups go with the load.
Result<Load> shared_compaction_load(std::uint64_t pages, Bytes holes, int owners);

/// Two threads on one CPU hand a byte to and fro, `switches` times. With `migrated` both have
/// compacted memory before, so that watchers keep state for them.
Load switch_load(std::uint64_t switches, bool migrated);

}  // namespace pagefare::bench
