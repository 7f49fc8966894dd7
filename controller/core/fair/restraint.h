// SPDX-License-Identifier: Apache-2.0
// What the levers are told once per period, and what they answer. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/fair/budget.h"
#include "controller/core/quantity.h"

namespace pagefare::fair {

/// What is to be done to one cgroup, and to everything below it. A cgroup is named by its path
/// below the hierarchy's root ("/kubepods.slice/a"): the levers find its inode, which is what the
/// module's table and the gate know. "/" is never told. One that is gone is no error (kGone).
struct Restraint {
  std::string path;
  CgroupId id;  ///< as accounts name it; 0 when the cgroup itself never had an account

  /// Copy alone: its line in the module's table says 1 copier.
  bool limit = false;

  /// May its cpu.max be lowered at all (the stage is reached and "repay" is among its actions)?
  bool repay = false;
  /// CPU time spent outside the quota of this cgroup and those below it in the period that just
  /// ended: adds to what the lever still has to collect. At most once per period. Meaningful with
  /// `repay`; when `repay` turns false or the entry is gone, what is not collected is forgiven and
  /// the original cpu.max restored.
  Nanoseconds newly_owed{};

  /// How long the gate holds from now on: it opens by itself then. 0 = open. So that it holds over
  /// whole periods the core tells more than one period, and the next apply() replaces it.
  Nanoseconds gate_for{};
  /// Calls that are let through while it holds, those below the cgroup included; further ones are
  /// refused. Nothing = all of them, once `shut_for` is over.
  std::optional<std::uint64_t> gate_calls;
  /// The gate is shut altogether so long; at most `gate_for`.
  Nanoseconds shut_for{};

  bool operator==(const Restraint&) const = default;
};

/// Everything that is to hold until the next call. Complete: a cgroup that is not listed is
/// released from every lever, and a machine value that is not set goes back to its original.
struct Restraints {
  std::vector<Restraint> cgroups;  ///< sorted by path, each path once
  /// The machine's promotion rate limit (kernel.numa_balancing_promote_rate_limit_MBps, in its
  /// unit, 2^20 bytes per second and node). Nothing = as found.
  std::optional<std::uint64_t> promotion_mbps;
  Nanoseconds period{};  ///< until the next call, about

  bool operator==(const Restraints&) const = default;
};

/// What became of one lever for one cgroup.
enum class Outcome : std::uint8_t {
  kApplied,      ///< it is as told, read back
  kUnavailable,  ///< there is no such lever for this cgroup (no module, no quota, no LSM hook)
  kTheirs,       ///< somebody else wrote the value: left alone until released or changed back
  kFailed,       ///< a write failed
  kGone,         ///< the cgroup does not exist any more
};
inline constexpr std::size_t kOutcomes = 5;
/// "applied", "unavailable", "theirs", "failed", "gone": a metric label.
std::string_view name(Outcome outcome);

struct LeverOutcome {
  std::string path;  ///< Restraint::path; empty for kRate
  Action lever{};
  Outcome outcome{};
  std::string why;  ///< one clause; empty for kApplied
};

/// What the levers know of a cgroup beyond their outcome.
struct LeverCounts {
  std::string path;
  std::uint64_t gate_refusals = 0;  ///< calls answered EAGAIN since it was asked last: it is hungry
  std::uint64_t gate_admitted =
      0;                      ///< calls let through while the gate held, since it was asked last
  Nanoseconds collected{};    ///< CPU taken back through cpu.max since the last apply()
  Nanoseconds outstanding{};  ///< still to be collected
};

struct LeverReport {
  /// One for each lever that was told to hold something, and for each release that did not work.
  std::vector<LeverOutcome> outcomes;
  std::vector<LeverCounts> counts;
};

/// How far a lever reaches on this machine, for status and doctor.
struct LeverReach {
  Action lever{};
  bool available = false;
  std::string why;  ///< one sentence: what it covers, or what is missing and how to get it
};

}  // namespace pagefare::fair
