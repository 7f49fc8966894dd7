// SPDX-License-Identifier: Apache-2.0
// What was observed in one period: deltas of the kernel's counters, as plain values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "controller/core/call_histograms.h"
#include "controller/core/migration.h"
#include "controller/core/quantity.h"

namespace pagefare {

/// Whose memory a folio was. A folio may be charged to no memcg, or no hook may have seen it.
struct Owner {
  enum class Kind : std::uint8_t { kCgroup, kNoMemcg, kUnseen };
  Kind kind = Kind::kUnseen;
  CgroupId cgroup;  ///< set for kCgroup only
  constexpr auto operator<=>(const Owner&) const = default;
};

struct CallEntry {
  Initiator initiator;
  MigrateReason reason{};
  MigrateMode mode{};
  std::uint64_t calls = 0;
  Pages pages_migrated;
  Pages pages_failed;
  std::uint64_t thp_migrated = 0;
  std::uint64_t thp_failed = 0;
  std::uint64_t thp_split = 0;
  std::uint64_t large_folio_split = 0;
  Nanoseconds cpu{};  ///< on CPU inside migrate_pages()
};

struct FolioEntry {
  Owner owner;
  Initiator initiator;
  MigrateReason reason{};
  std::uint8_t order = 0;  ///< folio size = page size << order
  NodeId source;
  NodeId destination;
  Folios folios;
  Bytes bytes;
  Nanoseconds cpu{};      ///< share of the calls' time on CPU
  Nanoseconds content{};  ///< of that, inside the copy function; 0 in the portable layer
  /// Share of the calls' time, asleep or preempted too: workers may have copied meanwhile.
  Nanoseconds elapsed{};
  Nanoseconds content_elapsed{};  ///< of that, inside the copy function; 0 in the portable layer
};

/// Work done by kworkers for a migration: outside every cgroup's cpu.max.
struct WorkerEntry {
  Owner owner;
  Initiator requester;
  MigrateReason reason{};
  std::uint8_t function = 0;  ///< index into the edge's table of copy worker functions
  std::uint64_t items = 0;
  Nanoseconds cpu{};
  Nanoseconds queued{};
};

/// Batches given to a DMA engine. Channel time is not CPU time and is never added to it.
struct DmaEntry {
  Owner owner;
  Initiator requester;
  MigrateReason reason{};
  std::uint64_t batches = 0;
  std::uint64_t failures = 0;
  Folios folios;
  Bytes bytes;
  Nanoseconds channel{};
};

/// What could not be counted in this period. Cost that fell out of a full map is still measured.
struct Losses {
  std::uint64_t call_map_full = 0;
  std::uint64_t folio_map_full = 0;
  Bytes folio_bytes;
  Nanoseconds folio_cpu{};
  std::uint64_t worker_map_full = 0;
  Nanoseconds worker_cpu{};
  std::uint64_t dma_map_full = 0;
  std::uint64_t queue_map_full = 0;
  std::uint64_t no_task_state = 0;
  std::uint64_t nested_too_deep = 0;
  std::uint64_t unmatched_call_ends = 0;
  std::uint64_t unmatched_work_starts = 0;
  Pages overcounted;
  std::uint64_t missed_runs = 0;      ///< programs the kernel skipped (recursion)
  std::uint64_t refused_records = 0;  ///< map records of the wrong size or shape

  constexpr auto operator<=>(const Losses&) const = default;
};

struct Window {
  Nanoseconds duration{};
  std::vector<CallEntry> calls;
  std::vector<FolioEntry> folios;
  std::vector<WorkerEntry> workers;
  std::vector<DmaEntry> dma;
  std::map<MigrateReason, CallHistograms> call_histograms;
  Losses losses;
};

}  // namespace pagefare
