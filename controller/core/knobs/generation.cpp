// SPDX-License-Identifier: Apache-2.0
#include "controller/core/knobs/generation.h"

#include <string>

namespace pagefare::knobs {

namespace {

constexpr std::string_view kSwitchLast =
    "count while off; the other module's offloading to 0; offloading to 0 and 1; counts at will";
constexpr std::string_view kOneProvider =
    "count and reasons while off; another provider's offloading to 0; offloading to 1; then at "
    "will";

constexpr std::array<GenerationSpec, kGenerations> kTable{{
    {.generation = Generation::kStock, .name = "stock", .root = Root::kSys, .order = "any"},
    {.generation = Generation::kLimitMt,
     .name = "limit_mt",
     .root = Root::kProc,
     .directory = "sys/vm",
     .present = "limit_mt_num",
     .seat = Seat::kThreads,
     .loses_bytes = true,
     .order = "any"},
    {.generation = Generation::kCpuMt,
     .name = "cpu_mt V2/V3",
     .root = Root::kSys,
     .directory = "kernel/cpu_mt",
     .present = "offloading",
     .seat = Seat::kThreads,
     .lies = true,
     .loses_bytes = true,
     .order = kSwitchLast},
    {.generation = Generation::kCpuMtCopy,
     .name = "cpu_mt_copy",
     .root = Root::kSys,
     .directory = "kernel/cpu_mt_copy",
     .present = "offloading",
     .seat = Seat::kThreads,
     .lies = true,
     .loses_bytes = true,
     .order = kSwitchLast},
    {.generation = Generation::kDcbmV1,
     .name = "dcbm V1",
     .root = Root::kSys,
     .directory = "kernel/dcbm",
     .present = "offloading",
     .absent = "nr_dma_chan",
     .seat = Seat::kDma,
     .lies = true,
     .module = "dcbm",
     .order = kSwitchLast},
    {.generation = Generation::kDcbmV2,
     .name = "dcbm V2",
     .root = Root::kSys,
     .directory = "kernel/dcbm",
     .present = "offloading",
     .also = "nr_dma_chan",
     .absent = "folios_migrated",
     .absent_too = "pages_migrated",
     .group_writes = true,
     .seat = Seat::kDma,
     .lies = true,
     .module = "dcbm",
     .order = kSwitchLast},
    {.generation = Generation::kDcbmV3,
     .name = "dcbm V3",
     .root = Root::kSys,
     .directory = "kernel/dcbm",
     .present = "offloading",
     .also = "nr_dma_chan",
     .absent = "folios_migrated",
     .absent_too = "pages_migrated",
     .group_writes = false,
     .seat = Seat::kDma,
     .lies = true,
     .module = "dcbm",
     .order = kSwitchLast},
    {.generation = Generation::kDcbmV4Dev,
     .name = "dcbm V4-dev",
     .root = Root::kSys,
     .directory = "kernel/dcbm",
     .present = "offloading",
     .also = "pages_migrated",
     .seat = Seat::kDma,
     .module = "dcbm",
     .order = kOneProvider},
    {.generation = Generation::kDcbmV4,
     .name = "dcbm V4",
     .root = Root::kSys,
     .directory = "kernel/dcbm",
     .present = "offloading",
     .also = "folios_migrated",
     .seat = Seat::kDma,
     .module = "dcbm",
     .order = kOneProvider},
    {.generation = Generation::kDcbmV5,
     .name = "dcbm V5",
     .root = Root::kSys,
     .directory = "module/dcbm",
     .present = "offloading",
     .seat = Seat::kDma,
     .module = "dcbm",
     .order = kOneProvider},
    {.generation = Generation::kDcbmV6,
     .name = "dcbm V6",
     .root = Root::kSys,
     .directory = "module/dcbm/parameters",
     .present = "offloading",
     .absent = "min_chunk_bytes",
     .seat = Seat::kDma,
     .module = "dcbm",
     .order = kOneProvider},
    {.generation = Generation::kDcbmPool,
     .name = "dcbm pool",
     .root = Root::kSys,
     .directory = "module/dcbm/parameters",
     .present = "offloading",
     .also = "min_chunk_bytes",
     .seat = Seat::kDma,
     .module = "dcbm",
     .order = kOneProvider},
    {.generation = Generation::kPagefareCopy,
     .name = "pagefare_copy",
     .root = Root::kSys,
     .directory = "module/pagefare_copy/parameters",
     .present = "offloading",
     .also = "engine",
     .seat = Seat::kBoth,
     .module = "pagefare_copy",
     .order = "counts and reasons; engine; offloading; all of them at will"},
}};

bool is_there(const GenerationSpec& spec, const ModeOf& mode_of) {
  const auto mode = [&](std::string_view file) {
    return mode_of(spec.root, std::string(spec.directory) + "/" + std::string(file));
  };
  const auto present = mode(spec.present);
  if (!present) return false;
  if (!spec.also.empty() && !mode(spec.also)) return false;
  if (!spec.absent.empty() && mode(spec.absent)) return false;
  if (!spec.absent_too.empty() && mode(spec.absent_too)) return false;
  constexpr std::uint32_t kGroupWrites = 0020;
  return !spec.group_writes || ((*present & kGroupWrites) != 0) == *spec.group_writes;
}

}  // namespace

std::span<const GenerationSpec> generations() {
  return kTable;
}

const GenerationSpec& spec(Generation generation) {
  return kTable[static_cast<std::size_t>(generation)];
}

std::vector<Generation> find_generations(const ModeOf& mode_of) {
  std::vector<Generation> found;
  for (const GenerationSpec& spec : kTable) {
    if (spec.generation == Generation::kStock || is_there(spec, mode_of)) {
      found.push_back(spec.generation);
    }
  }
  return found;
}

}  // namespace pagefare::knobs
