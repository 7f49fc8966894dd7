// SPDX-License-Identifier: Apache-2.0
#include "controller/core/migration.h"

namespace pagefare {

std::string_view name(MigrateReason reason) {
  switch (reason) {
    case MigrateReason::kCompaction:
      return "compaction";
    case MigrateReason::kMemoryFailure:
      return "memory_failure";
    case MigrateReason::kMemoryHotplug:
      return "memory_hotplug";
    case MigrateReason::kSyscallOrCpuset:
      return "syscall_or_cpuset";
    case MigrateReason::kMempolicyMbind:
      return "mempolicy_mbind";
    case MigrateReason::kNumaMisplaced:
      return "numa_misplaced";
    case MigrateReason::kContigRange:
      return "contig_range";
    case MigrateReason::kLongtermPin:
      return "longterm_pin";
    case MigrateReason::kDemotion:
      return "demotion";
    case MigrateReason::kDamon:
      return "damon";
  }
  return "unknown";
}

std::string_view name(MigrateMode mode) {
  switch (mode) {
    case MigrateMode::kAsync:
      return "async";
    case MigrateMode::kSyncLight:
      return "sync_light";
    case MigrateMode::kSync:
      return "sync";
    case MigrateMode::kNoCopy:
      return "no_copy";
  }
  return "unknown";
}

std::string_view name(InitiatorKind kind) {
  switch (kind) {
    case InitiatorKind::kTask:
      return "task";
    case InitiatorKind::kKcompactd:
      return "kcompactd";
    case InitiatorKind::kKswapd:
      return "kswapd";
    case InitiatorKind::kKdamond:
      return "kdamond";
    case InitiatorKind::kKworker:
      return "kworker";
    case InitiatorKind::kKhugepaged:
      return "khugepaged";
    case InitiatorKind::kKthread:
      return "kthread";
  }
  return "kthread";
}

}  // namespace pagefare
