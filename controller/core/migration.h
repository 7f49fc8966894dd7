// SPDX-License-Identifier: Apache-2.0
// The kernel's vocabulary of page migration: why, who, how large.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "controller/core/quantity.h"

namespace pagefare {

/// Values of the kernel's enum migrate_reason (include/linux/migrate_mode.h). Numbers have only
/// ever been appended; a number this build does not know keeps its value and prints as "unknown".
enum class MigrateReason : std::uint8_t {
  kCompaction = 0,
  kMemoryFailure = 1,
  kMemoryHotplug = 2,
  kSyscallOrCpuset = 3,
  kMempolicyMbind = 4,
  kNumaMisplaced = 5,
  kContigRange = 6,
  kLongtermPin = 7,
  kDemotion = 8,
  kDamon = 9,
};

/// The kernel's own spelling, as in trace output and the reason_mask knob.
std::string_view name(MigrateReason reason);

/// Values of the kernel's enum migrate_mode. kNoCopy exists on old and on RFC kernels only.
enum class MigrateMode : std::uint8_t { kAsync = 0, kSyncLight = 1, kSync = 2, kNoCopy = 3 };

std::string_view name(MigrateMode mode);

/// Who called migrate_pages(). Anything but kTask is a kernel thread and has no cgroup of its own.
enum class InitiatorKind : std::uint8_t {
  kTask = 0,
  kKcompactd = 1,
  kKswapd = 2,
  kKdamond = 3,
  kKworker = 4,
  kKhugepaged = 5,
  kKthread = 6,
};
inline constexpr int kInitiatorKinds = 7;

/// "task", "kcompactd", ... as shown to people; "kthread" for any other kernel thread.
std::string_view name(InitiatorKind kind);

/// The caller of a migration: a cgroup, or a kind of kernel thread (then the cgroup id is 0).
struct Initiator {
  InitiatorKind kind = InitiatorKind::kTask;
  CgroupId cgroup;
  constexpr auto operator<=>(const Initiator&) const = default;
};

}  // namespace pagefare
