// SPDX-License-Identifier: Apache-2.0
// The immutable value that everything which shows something reads. Cumulative since the daemon's
// start; rates are the reader's business.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/core/fair/state.h"
#include "controller/core/knobs/state.h"
#include "controller/core/ledger.h"
#include "controller/core/pods/pod_directory.h"
#include "controller/core/steer/state.h"

namespace pagefare {

enum class Mode : std::uint8_t { kObserve, kAdvise, kEnforce };
std::string_view name(Mode mode);

/// Which set of hooks tells owners and shares out time. kNone until one of them could be attached.
enum class Layer : std::uint8_t { kNone, kPortable, kPrecise };
std::string_view name(Layer layer);

/// Names of the accounts that stand for many cgroups.
inline constexpr std::string_view kRemovedName = "~removed";
inline constexpr std::string_view kOtherName = "~other";
inline constexpr std::string_view kUnresolvedName = "~unresolved";

struct CgroupRow {
  /// A cgroup path ("/" is the root), one of the ~names, or "[kcompactd]" for a kernel thread.
  std::string path;
  std::uint64_t id = 0;  ///< 0 for rows that are not one cgroup
  PodName pod;           ///< all empty where the cluster has no name for it
  Account account;
};

/// A BPF program of ours: is it attached, has it fired, what does it cost.
struct ProgramStatus {
  std::string name;  ///< as bpftool shows it, e.g. on_mm_migrate_pages
  std::string hook;  ///< e.g. tp_btf/mm_migrate_pages
  bool attached = false;
  std::string why;         ///< why not attached, or what it is for
  std::uint64_t runs = 0;  ///< 0 while the kernel's BPF statistics are off
  Nanoseconds run_time{};
  std::uint64_t missed = 0;
};

struct MapStatus {
  std::string name;
  std::uint64_t entries = 0;
  std::uint64_t max_entries = 0;
  Bytes memory;  ///< what the kernel holds for it
};

struct Health {
  std::vector<ProgramStatus> programs;
  std::vector<MapStatus> maps;
  std::uint64_t periods = 0;
  std::uint64_t failed_periods = 0;  ///< the kernel could not be read
  Nanoseconds last_period_cpu{};     ///< the daemon's own CPU time for the last period
  Nanoseconds total_period_cpu{};
  std::uint64_t resolve_failures = 0;  ///< ids that have no readable path
  std::string last_error;              ///< empty when the last period went well
};

struct Snapshot {
  std::string version;
  Mode mode = Mode::kObserve;
  ChargeRule charge = ChargeRule::kRule;
  Layer layer = Layer::kNone;
  std::string layer_why;  ///< one sentence
  std::uint32_t page_size = 0;
  Nanoseconds period{};
  std::int64_t start_unix_ns = 0;
  Nanoseconds uptime{};

  Totals totals;
  std::array<Unattributed, kCauses> unattributed;
  std::vector<CgroupRow> rows;  ///< sorted by path; the ~names and kernel threads only if not zero
  std::map<ClassKey, CopyCost> classes;
  std::map<FlowKey, CopyCost> flows;
  std::map<CallKey, CallSum> calls;
  std::map<MigrateReason, CallHistograms> call_histograms;
  Losses losses;
  Health health;
  PodNamesStatus pod_names;
  fair::FairState fair;
  KnobState knobs;
  steer::SteerState steer;
  std::vector<std::string> warnings;  ///< sentences for people, most important first
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// Sum over all causes.
Unattributed total(const std::array<Unattributed, kCauses>& by_cause);

/// Share of measured bytes and of copy CPU that is charged to somebody, the smaller of the two, in
/// parts per million (1,000,000 when nothing was measured).
std::uint32_t completeness_ppm(const Snapshot& snapshot);

}  // namespace pagefare
