// SPDX-License-Identifier: Apache-2.0
// Facts about other people's kernels, from their sources and from trying: one row each.
#include <tuple>

#include "controller/core/knobs/knob_spec.h"

namespace pagefare::knobs {

namespace {

using enum Generation;
using Rows = std::vector<KnobSpec>;

constexpr std::string_view kBadValue = "EINVAL";
constexpr std::string_view kOneSeat = "EINVAL; EBUSY while another provider has the place; ENODEV";
constexpr std::string_view kAnyWrite = "any write resets it";
constexpr std::string_view kOffload =
    "Who copies migrated pages: this engine (1) or the kernel (0).";
constexpr std::string_view kChannelsUsed =
    "Most DMA channels for one batch; more are faster until the memory is the limit.";
constexpr std::string_view kThreadsUsed =
    "Worker threads for one batch; counts that do not divide the folio size lose bytes.";

void add_threads(Rows& rows) {
  rows.insert(
      rows.end(),
      {{.name = "vm.limit_mt_num",
        .generations = {kLimitMt},
        .file = "limit_mt_num",
        .kind = Kind::kCount,
        .role = Role::kThreads,
        .min = 1,
        .max = 32,
        .range = "1, 2, 4, ... 32, at most the CPUs of a node",
        .fails = "unknown",
        .quirks = kClamps,
        .effect = kThreadsUsed},
       {.name = "vm.push_0_pull_1",
        .generations = {kLimitMt},
        .file = "push_0_pull_1",
        .kind = Kind::kNumber,
        .range = "0, 1",
        .fails = "any other value acts as 1",
        .effect = "Which node's CPUs copy: the source's (0) or the destination's (1)."},
       {.name = "cpu_mt.offloading",
        .generations = {kCpuMt},
        .file = "offloading",
        .kind = Kind::kSwitch,
        .role = Role::kSwitch,
        .range = "0, 1",
        .fails = "EINVAL or ERANGE for what is no number",
        .quirks = kReturnsFour | kIgnores,
        .effect = kOffload},
       {.name = "cpu_mt.threads",
        .generations = {kCpuMt},
        .file = "threads",
        .kind = Kind::kCount,
        .role = Role::kThreads,
        .min = 1,
        .max = 64,
        .range = "1, 2, 4, ... 64",
        .fails = kBadValue,
        .effect = kThreadsUsed},
       {.name = "cpu_mt.cpuselect",
        .generations = {kCpuMt},
        .file = "cpuselect",
        .kind = Kind::kNumber,
        .range = "1, or anything else",
        .fails = "never",
        .quirks = kIgnores,
        .effect =
            "CPUs 0 to 31 in turn (1) or every eighth: numbers of its author's machine, leave "
            "it alone."},
       {.name = "cpu_mt_copy.offloading",
        .generations = {kCpuMtCopy},
        .file = "offloading",
        .kind = Kind::kSwitch,
        .role = Role::kSwitch,
        .range = "0, 1",
        .fails = kBadValue,
        .effect = kOffload},
       {.name = "cpu_mt_copy.threads",
        .generations = {kCpuMtCopy},
        .file = "threads",
        .kind = Kind::kCount,
        .role = Role::kThreads,
        .min = 1,
        .max = 64,
        .range = "1, 2, 4, ... 64",
        .fails = kBadValue,
        .effect = kThreadsUsed}});
}

void add_dcbm(Rows& rows) {
  const std::vector<Generation> counting{kDcbmV4, kDcbmV5, kDcbmV6, kDcbmPool};
  rows.insert(rows.end(),
              {{.name = "dcbm.offloading",
                .generations = {kDcbmV1, kDcbmV2},
                .file = "offloading",
                .kind = Kind::kSwitch,
                .role = Role::kSwitch,
                .range = "0, 1",
                .fails = "EINVAL or ERANGE for what is no number; V1: ENODEV without a channel",
                .quirks = kReturnsFour | kIgnores,
                .effect = kOffload},
               {.name = "dcbm.offloading",
                .generations = {kDcbmV3},
                .file = "offloading",
                .kind = Kind::kSwitch,
                .role = Role::kSwitch,
                .range = "0, 1, y, n, on, off",
                .fails = "EINVAL; that it could not be enabled is not told",
                .effect = kOffload},
               {.name = "dcbm.offloading",
                .generations = {kDcbmV4Dev, kDcbmV4, kDcbmV5, kDcbmV6, kDcbmPool},
                .file = "offloading",
                .kind = Kind::kSwitch,
                .role = Role::kSwitch,
                .range = "0, 1, y, n, on, off",
                .fails = kOneSeat,
                .effect = kOffload},
               {.name = "dcbm.nr_dma_chan",
                .generations = {kDcbmV2},
                .file = "nr_dma_chan",
                .kind = Kind::kCount,
                .role = Role::kChannels,
                .min = 1,
                .max = 16,
                .range = "1, 2, 4, 8, 16",
                .fails = "EINVAL below 1",
                .quirks = kReturnsFour | kClamps,
                .effect = kChannelsUsed},
               {.name = "dcbm.nr_dma_chan",
                .generations = {kDcbmV3, kDcbmV4Dev, kDcbmV4, kDcbmV5, kDcbmV6},
                .file = "nr_dma_chan",
                .kind = Kind::kCount,
                .role = Role::kChannels,
                .min = 1,
                .max = 16,
                .range = "1, 2, 4, 8, 16; 1 alone in one variant",
                .fails = kBadValue,
                .effect = kChannelsUsed},
               {.name = "dcbm.nr_dma_chan",
                .generations = {kDcbmPool},
                .file = "nr_dma_chan",
                .kind = Kind::kCount,
                .role = Role::kChannels,
                .min = 1,
                .max = 32,
                .range = "1, 2, 4, ... 32",
                .fails = kBadValue,
                .effect = kChannelsUsed},
               {.name = "dcbm.reason_mask",
                .generations = {kDcbmV6, kDcbmPool},
                .file = "reason_mask",
                .kind = Kind::kNames,
                .role = Role::kReasons,
                .range = "names with commas, all, none",
                .fails = "EINVAL for an unknown name",
                .quirks = kIgnores,
                .effect = "Which reasons of migration may use the engine."},
               {.name = "dcbm.pages_migrated",
                .generations = {kDcbmV4Dev},
                .file = "pages_migrated",
                .kind = Kind::kCounter,
                .fails = kAnyWrite,
                .effect = "Pages that the engine copied."},
               {.name = "dcbm.pages_failures",
                .generations = {kDcbmV4Dev},
                .file = "pages_failures",
                .kind = Kind::kCounter,
                .fails = kAnyWrite,
                .effect = "Pages left to the CPU."},
               {.name = "dcbm.folios_migrated",
                .generations = counting,
                .file = "folios_migrated",
                .kind = Kind::kCounter,
                .fails = kAnyWrite,
                .effect = "Folios that the engine copied."},
               {.name = "dcbm.folios_failures",
                .generations = counting,
                .file = "folios_failures",
                .kind = Kind::kCounter,
                .fails = kAnyWrite,
                .effect = "Folios left to the CPU."}});
}

void add_pool(Rows& rows) {
  const auto add = [&rows](std::string_view name, std::string_view file, Kind kind,
                           std::string_view range, std::string_view effect,
                           std::uint8_t quirks = 0) {
    rows.push_back({.name = name,
                    .generations = {kDcbmPool},
                    .file = file,
                    .kind = kind,
                    .range = range,
                    .fails = kBadValue,
                    .quirks = quirks,
                    .effect = effect});
  };
  add("dcbm.min_bytes", "min_bytes", Kind::kNumber, "bytes", "Smaller copies are left to the CPU.");
  add("dcbm.min_chunk_bytes", "min_chunk_bytes", Kind::kNumber, "bytes",
      "Channels wanted are the bytes of a copy divided by this.");
  add("dcbm.max_chunk_bytes", "max_chunk_bytes", Kind::kNumber, "bytes", "The largest descriptor.");
  add("dcbm.sg_elems", "sg_elems", Kind::kNumber, "1 and more",
      "Folios in one scatter-gather transaction; 0 corrupts memory on some engines.", kNeverZero);
  add("dcbm.max_inflight", "max_inflight", Kind::kNumber, "1 and more", "Descriptors per channel.",
      kClamps);
  add("dcbm.cache_ctrl", "cache_ctrl", Kind::kSwitch, "N, Y", "Whether copies go into the cache.");
  add("dcbm.map_cache", "map_cache", Kind::kSwitch, "N, Y",
      "Whether mappings are kept; N gives them all back while the writer waits.");
  add("dcbm.map_cache_cap_mb", "map_cache_cap_mb", Kind::kNumber, "MB",
      "How much memory is kept mapped; 0 gives all back while the writer waits.");
  add("dcbm.map_quantum_kb", "map_quantum_kb", Kind::kNumber, "kB",
      "Size of a kept mapping, from the next enabling on.");
  add("dcbm.batches_refused", "batches_refused", Kind::kCounter, "", "Batches it would not take.");
  for (const auto& [name, file, kind, effect] :
       {std::tuple{"mm_offload_dma.shared", "/module/mm_offload_dma/parameters/shared",
                   Kind::kSwitch, "Whether channels are shared with others; at load only."},
        std::tuple{"mm_offload_dma.chan_budget", "/module/mm_offload_dma/parameters/chan_budget",
                   Kind::kNumber, "Channels that may be busy at a time."},
        std::tuple{"mm_offload_dma.admit_timeout_ms",
                   "/module/mm_offload_dma/parameters/admit_timeout_ms", Kind::kNumber,
                   "How long a copy waits for a channel; 0 never."},
        std::tuple{"mm_offload_dma.cross_node", "/module/mm_offload_dma/parameters/cross_node",
                   Kind::kNumber, "Local devices only (0), local first (1), remote only (2)."}}) {
    add(name, file, kind, "", effect);
  }
}

void add_pagefare_copy(Rows& rows) {
  const auto add = [&rows](std::string_view name, Kind kind, Role role, std::uint32_t max,
                           std::string_view range, std::string_view effect,
                           std::string_view fails = kBadValue) {
    rows.push_back({.name = name,
                    .generations = {kPagefareCopy},
                    .file = name.substr(name.find('.') + 1),
                    .kind = kind,
                    .role = role,
                    .min = 1,
                    .max = max,
                    .range = range,
                    .fails = fails,
                    .effect = effect});
  };
  add("pagefare_copy.offloading", Kind::kSwitch, Role::kSwitch, 0, "0, 1",
      "Whether the module copies (1) or the kernel (0); 0 waits for the last copy.",
      "EINVAL; EBUSY while a live patch has the function; ENODEV: engine dma without a channel");
  add("pagefare_copy.engine", Kind::kChoice, Role::kEngine, 0, "serial, threads, dma",
      "Who copies: the caller, several threads, or DMA channels.",
      "EINVAL; ENODEV: dma while on, without a channel");
  add("pagefare_copy.threads", Kind::kCount, Role::kThreads, 64, "1, 2, 4, ... 64",
      "Copiers of one folio, the caller included; any count copies every byte.");
  add("pagefare_copy.nr_dma_chan", Kind::kCount, Role::kChannels, 16, "1, 2, 4, 8, 16",
      kChannelsUsed);
  add("pagefare_copy.reason_mask", Kind::kNames, Role::kReasons, 0, "names with commas, all, none",
      "Which reasons of migration may use the engine.");
  add("pagefare_copy.placement", Kind::kChoice, Role::kOther, 0, "fill, spread, node",
      "Where workers run: the caller's cache first, one per cache first, the destination's node.");
  add("pagefare_copy.min_bytes", Kind::kNumber, Role::kOther, 0, "bytes",
      "Smaller folios are left to the kernel.");
  add("pagefare_copy.folios_migrated", Kind::kCounter, Role::kOther, 0, "",
      "Folios that threads or DMA copied.", kAnyWrite);
  add("pagefare_copy.folios_failures", Kind::kCounter, Role::kOther, 0, "",
      "Folios that an engine should have copied and did not.", kAnyWrite);
}

void add_stock(Rows& rows) {
  const auto add = [&rows](std::string_view name, Root root, std::string_view file, Kind kind,
                           std::string_view range, std::string_view effect,
                           std::uint8_t quirks = 0) {
    rows.push_back({.name = name,
                    .generations = {kStock},
                    .file = file,
                    .root = root,
                    .kind = kind,
                    .range = range,
                    .fails = kBadValue,
                    .quirks = quirks,
                    .effect = effect});
  };
  add("kernel.numa_balancing", Root::kProc, "sys/kernel/numa_balancing", Kind::kNumber,
      "0 off, 1 normal, 2 tiering", "Whether the kernel moves pages to where they are used.");
  add("kernel.promote_rate_limit", Root::kProc, "sys/kernel/numa_balancing_promote_rate_limit_MBps",
      Kind::kNumber, "0 and more MB/s", "Most that is promoted to one node, with tiering on.");
  add("mm.demotion_enabled", Root::kSys, "kernel/mm/numa/demotion_enabled", Kind::kSwitch,
      "false, true", "Whether reclaim moves cold pages to slower memory instead of dropping them.");
  add("workqueue.default_affinity_scope", Root::kSys,
      "module/workqueue/parameters/default_affinity_scope", Kind::kChoice,
      "cpu, smt, cache, numa, system", "How far from its caller an unbound kernel worker may run.");
  add("workqueue.cpumask", Root::kSys, "devices/virtual/workqueue/cpumask", Kind::kMask,
      "hexadecimal", "CPUs on which unbound kernel workers run, copy workers among them.");
  add("vm.compaction_proactiveness", Root::kProc, "sys/vm/compaction_proactiveness", Kind::kNumber,
      "0 to 100",
      "How eagerly free memory is made contiguous; writing a value above 0 starts a pass "
      "at once.",
      kActsAtOnce);
  add("vm.zone_reclaim_mode", Root::kProc, "sys/vm/zone_reclaim_mode", Kind::kNumber, "0 to 7",
      "Whether a node reclaims its own memory before it takes another's.");
}

Rows make_table() {
  Rows rows;
  add_threads(rows);
  add_dcbm(rows);
  add_pool(rows);
  add_pagefare_copy(rows);
  add_stock(rows);
  return rows;
}

}  // namespace

std::span<const KnobSpec> knob_table() {
  static const Rows rows = make_table();
  return rows;
}

}  // namespace pagefare::knobs
