// SPDX-License-Identifier: Apache-2.0
// What the governor sees of one period, and what it is told to want.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "controller/core/migration.h"
#include "controller/core/quantity.h"
#include "controller/core/steer/setting.h"

namespace pagefare::steer {

/// Copies that behave alike: one folio size, one batch size, one reason.
struct CopyClass {
  std::uint64_t folio_bytes = 0;
  std::uint64_t folios = 0;  ///< per call
  MigrateReason reason = MigrateReason::kSyscallOrCpuset;
  constexpr auto operator<=>(const CopyClass&) const = default;
};

/// One class in one period, measured at View::measured_at.
struct ClassSample {
  CopyClass copy_class;
  Bytes bytes;
  Nanoseconds copy{};  ///< time in which these bytes were being copied
  Nanoseconds move{};  ///< of the whole migration, copy included; 0 when not known
  Nanoseconds cpu{};   ///< CPU time of callers and workers for the copy
  Nanoseconds dma{};   ///< channel time; never added to CPU time
};

struct CpuState {
  double available = 1e9;  ///< CPUs that are idle or busy with our own copying
  double stalled = 0.0;    ///< share of time in which some task waited for a CPU (PSI), 0..1
};

/// Knobs that somebody else holds are not ours to turn.
struct Held {
  bool engine = false;
  bool threads = false;
  bool channels = false;
};

struct View {
  std::uint64_t period = 0;  ///< counts up by one
  std::vector<ClassSample> samples;
  Setting measured_at;
  Knobs knobs;  ///< as read back after the period
  CpuState cpu;
  Held held;
};

enum class Objective : std::uint8_t { kThroughput, kThrift, kBalanced };
std::string_view name(Objective objective);

struct Wants {
  Objective objective = Objective::kThroughput;
  /// thrift: the share of the best throughput that may be given up, on average over a run.
  double thrift_loss = 0.10;
  /// balanced: what one more busy CPU must bring, as a share of what one CPU copies.
  double cpu_price = 0.25;
};

}  // namespace pagefare::steer
