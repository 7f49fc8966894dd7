// SPDX-License-Identifier: Apache-2.0
// The sums since the start, per payer. Sums never shrink and never get lost: an account that is
// closed is folded into a shared one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "controller/core/attribution.h"

namespace pagefare {

/// A machine-wide sum by reason and size class.
struct ClassKey {
  MigrateReason reason{};
  std::uint8_t order = 0;
  constexpr auto operator<=>(const ClassKey&) const = default;
};

/// A machine-wide sum by way.
struct FlowKey {
  NodeId source;
  NodeId destination;
  constexpr auto operator<=>(const FlowKey&) const = default;
};

/// Calls of migrate_pages() by who and why.
struct CallKey {
  InitiatorKind kind{};
  MigrateReason reason{};
  constexpr auto operator<=>(const CallKey&) const = default;
};

struct CallSum {
  std::uint64_t calls = 0;
  Pages pages_migrated;
  Pages pages_failed;
  std::uint64_t thp_migrated = 0;
  std::uint64_t thp_failed = 0;
  std::uint64_t thp_split = 0;
  Nanoseconds cpu{};
};

/// What the owner of a Ledger knows of a cgroup id.
enum class Presence : std::uint8_t {
  kAlive,       ///< has a path
  kRemoved,     ///< had a path, and its directory is gone
  kUnresolved,  ///< never had a path that could be read
};

class Ledger {
 public:
  /// At most max_cgroups accounts are kept apart. Precondition: max_cgroups > 0.
  /// An account of a removed cgroup stays for `linger`, so that its last sums can be read.
  Ledger(std::size_t max_cgroups, Nanoseconds linger);

  /// Adds one period. Every account of `attribution` lands in exactly one account of the ledger:
  /// its own; removed() when its cgroup was closed before (a late sample); other() when max_cgroups
  /// are kept already; unresolved() for ids marked kUnresolved in `presence` (absent = alive).
  void add(const Window& window, const Attribution& attribution,
           const std::map<CgroupId, Presence>& presence);

  /// Marks a cgroup as removed at `now` (monotonic). Unknown ids and repeats change nothing.
  void mark_removed(CgroupId id, Nanoseconds now);

  /// Folds accounts whose cgroup was removed at least `linger` ago. Returns the ids folded.
  /// `heirs` gives, for cgroups that share their path, the next one of that path, in a ring. An
  /// account goes to the first of its heirs that is kept, so that what is shown under a path never
  /// shrinks while it is shown; without one to removed().
  std::vector<CgroupId> close_removed(Nanoseconds now,
                                      const std::map<CgroupId, CgroupId>& heirs = {});

  const std::map<CgroupId, Account>& accounts() const { return accounts_; }
  bool knows(CgroupId id) const { return accounts_.contains(id); }
  /// Folded before: whatever still comes for it is a late sample and lands in removed().
  bool has_closed(CgroupId id) const { return closed_.contains(id); }
  const Account& removed() const { return removed_account_; }
  const Account& other() const { return other_account_; }
  const Account& unresolved() const { return unresolved_account_; }
  const std::array<Account, kInitiatorKinds>& kernel_threads() const { return kernel_threads_; }
  const std::array<Unattributed, kCauses>& unattributed() const { return unattributed_; }
  const Totals& measured() const { return measured_; }
  const std::map<ClassKey, CopyCost>& classes() const { return classes_; }
  const std::map<FlowKey, CopyCost>& flows() const { return flows_; }
  const std::map<CallKey, CallSum>& calls() const { return calls_; }
  const std::map<MigrateReason, CallHistograms>& call_histograms() const {
    return call_histograms_;
  }
  const Losses& losses() const { return losses_; }

 private:
  Account& account_for(CgroupId id, const std::map<CgroupId, Presence>& presence);
  Account& heir_of(CgroupId id, const std::map<CgroupId, CgroupId>& heirs);
  void add_machine_sums(const Window& window);

  std::size_t max_cgroups_;
  Nanoseconds linger_;
  std::map<CgroupId, Account> accounts_;
  std::map<CgroupId, Nanoseconds> removed_since_;  // still lingering
  std::set<CgroupId> closed_;                      // bounded: see ledger.cpp
  Account removed_account_;
  Account other_account_;
  Account unresolved_account_;
  std::array<Account, kInitiatorKinds> kernel_threads_{};
  std::array<Unattributed, kCauses> unattributed_{};
  Totals measured_;
  std::map<ClassKey, CopyCost> classes_;
  std::map<FlowKey, CopyCost> flows_;
  std::map<CallKey, CallSum> calls_;
  std::map<MigrateReason, CallHistograms> call_histograms_;
  Losses losses_;
};

}  // namespace pagefare
