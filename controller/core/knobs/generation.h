// SPDX-License-Identifier: Apache-2.0
// The generations of the copy engines' knobs. Told apart by the files that are there and their
// modes, never by a kernel's version.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pagefare::knobs {

enum class Generation : std::uint8_t {
  kStock,
  kLimitMt,    ///< the sysctls of the first multi-threaded copy series, January 2025
  kCpuMt,      ///< V2 and V3 of the batch copy series
  kCpuMtCopy,  ///< its padata branch
  kDcbmV1,
  kDcbmV2,
  kDcbmV3,
  kDcbmV4Dev,
  kDcbmV4,
  kDcbmV5,
  kDcbmV6,
  kDcbmPool,  ///< byrnedj's descendant with a pool of channels
  kPagefareCopy,
};
inline constexpr std::size_t kGenerations = 13;

/// Generations that take the single place of the kernel's migrator.
enum class Seat : std::uint8_t { kNone, kThreads, kDma, kBoth };

enum class Root : std::uint8_t { kProc, kSys };

struct GenerationSpec {
  Generation generation{};
  std::string_view name;  ///< "dcbm V4"
  Root root{};
  std::string_view directory;  ///< of its files, relative to the root; "" for the stock kernel's
  std::string_view present;    ///< a file that must be there
  std::string_view also;       ///< another one; "" if one is enough
  std::string_view absent;     ///< one that must not be there; ""
  std::string_view absent_too;
  std::optional<bool> group_writes;  ///< of `present`, where modes tell generations apart
  Seat seat{};
  bool lies = false;         ///< a switch can read 1 while nobody offloads
  bool loses_bytes = false;  ///< with counts that do not divide the folio's size
  std::string_view module;   ///< under /sys/module, for name and version; "" when built in
  std::string_view order;    ///< of writes, for people
};

std::span<const GenerationSpec> generations();
const GenerationSpec& spec(Generation generation);

/// The mode of the file at a root and a path below it; nothing where there is none.
using ModeOf = std::function<std::optional<std::uint32_t>(Root, std::string_view path)>;

/// The generations that are on this machine, the stock kernel's first.
std::vector<Generation> find_generations(const ModeOf& mode_of);

}  // namespace pagefare::knobs
