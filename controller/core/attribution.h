// SPDX-License-Identifier: Apache-2.0
// Who pays: turns what was observed into cost per cgroup, so that the parts add up to the whole.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "controller/core/window.h"

namespace pagefare {

/// Which view is the bill.
enum class ChargeRule : std::uint8_t {
  kRule,       ///< the task that asked pays; when the kernel asked, the owner of the memory pays
  kInitiator,  ///< whoever asked pays; what kernel threads asked for stays unattributed
  kOwner,      ///< the owner of the memory pays
};

std::string_view name(ChargeRule rule);
/// "rule", "initiator" or "owner"; anything else is no rule.
std::optional<ChargeRule> parse_charge_rule(std::string_view text);

/// Cost of migrating. Integers throughout; copy_cpu is time on CPU inside migrate_pages().
struct CopyCost {
  Bytes bytes;
  Folios folios;
  Nanoseconds copy_cpu{};

  constexpr CopyCost& operator+=(const CopyCost& other) {
    bytes += other.bytes;
    folios += other.folios;
    copy_cpu += other.copy_cpu;
    return *this;
  }
  constexpr bool operator==(const CopyCost&) const = default;
};

/// Everything one payer caused, owned and pays for.
struct Account {
  CopyCost initiator;
  CopyCost owner;
  CopyCost charged;
  Nanoseconds worker_cpu_initiated{};  ///< kworkers' time for what it asked
  Nanoseconds worker_cpu_owned{};      ///< kworkers' time for its memory
  Nanoseconds outside_quota{};         ///< kworkers' time charged to it: outside its cpu.max
  Bytes dma_bytes;                     ///< charged
  Nanoseconds dma_channel{};           ///< charged; channel time, not CPU time

  Account& operator+=(const Account& other);
  bool operator==(const Account&) const = default;
};

/// Why a cost could be charged to nobody.
enum class Cause : std::uint8_t {
  kUnseen,        ///< moved, but no hook saw the folio (portable layer: unmapped page cache)
  kNoMemcg,       ///< the folio was charged to no memcg and the kernel asked
  kKernelThread,  ///< a kernel thread asked, and the rule is "initiator"
  kMapFull,       ///< fell out of a full map
};
inline constexpr int kCauses = 4;

/// "unseen", "no_memcg", "kernel_thread", "map_full": the label values of the metrics.
std::string_view name(Cause cause);

struct Unattributed {
  CopyCost cost;
  Nanoseconds worker_cpu{};
  Bytes dma_bytes;
  Nanoseconds dma_channel{};

  Unattributed& operator+=(const Unattributed& other);
  bool operator==(const Unattributed&) const = default;
};

/// Sums over everything observed, whoever pays.
struct Totals {
  std::uint64_t calls = 0;
  Pages pages_migrated;
  Pages pages_failed;
  Bytes bytes;
  Folios folios;
  Nanoseconds copy_cpu{};
  Nanoseconds content_copy{};
  Nanoseconds worker_cpu{};
  std::uint64_t worker_items = 0;
  Bytes dma_bytes;
  Nanoseconds dma_channel{};
  std::uint64_t dma_batches = 0;
  std::uint64_t dma_failures = 0;

  Totals& operator+=(const Totals& other);
  bool operator==(const Totals&) const = default;
};

/// Invariants, for every Window, in integers (tests/core/attribution_test.cpp):
///   sum of accounts.charged + sum of unattributed.cost = measured {bytes, folios, copy_cpu}
///   sum of accounts.outside_quota + sum of unattributed.worker_cpu = measured.worker_cpu
///   sum of accounts.dma_* + sum of unattributed.dma_* = measured.dma_*
///   sum of accounts.initiator + kernel_threads.initiator + map-full losses = measured
struct Attribution {
  std::map<CgroupId, Account> accounts;
  std::array<Account, kInitiatorKinds> kernel_threads;  ///< by InitiatorKind; only .initiator grows
  std::array<Unattributed, kCauses> unattributed;
  Totals measured;
};

Attribution attribute(const Window& window, ChargeRule rule);

}  // namespace pagefare
