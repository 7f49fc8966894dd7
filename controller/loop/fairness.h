// SPDX-License-Identifier: Apache-2.0
// Fairness in the period: names for those who were charged, the steward, the levers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/attribution.h"
#include "controller/core/fair/steward.h"
#include "controller/core/snapshot.h"
#include "controller/core/window.h"
#include "controller/loop/brief_cgroups.h"
#include "controller/loop/pod_grants.h"
#include "controller/ports/cgroup_births.h"
#include "controller/ports/cgroup_names.h"
#include "controller/ports/clock.h"
#include "controller/ports/cpu_meter.h"
#include "controller/ports/fair_memory.h"
#include "controller/ports/levers.h"

namespace pagefare {

struct FairnessSettings {
  Mode mode = Mode::kAdvise;  ///< kObserve: nothing is settled
  fair::Policy policy;
  std::string own_path;
  std::string boot_id;
  std::uint32_t cpus = 1;
  Nanoseconds save_every = std::chrono::seconds(60);
};

class Fairness {
 public:
  /// What it works with; all of it must outlive the object.
  struct Means {
    CgroupNames& names;
    Clock& clock;
    CpuMeter* cpus = nullptr;      ///< null: CPU pressure is not known
    Levers* levers = nullptr;      ///< null: nothing is enforced
    FairMemory* memory = nullptr;  ///< null: nothing outlives the program
    /// Null: who went before he could be named counts with the unlisted.
    const CgroupBirths* births = nullptr;
  };
  Fairness(FairnessSettings settings, const Means& means);

  /// After attribution, which went by `bill_rule`; budgets may go by another rule. Whatever fails
  /// is in the state.
  void turn(std::uint64_t number, const Window& window, const Attribution& bill,
            ChargeRule bill_rule);
  /// The kernel could not be read: nothing is known, so what holds is let go of.
  void turn_blind();
  /// Cgroups that are gone.
  void forget(const std::vector<CgroupId>& ids);
  void set_policy(fair::Policy policy);
  /// From the next period on pods may ask for budgets, within `bounds`. `pods` must outlive the
  /// object.
  void grant_pods(PodNames& pods, fair::PodBounds bounds) { grants_.emplace(pods, bounds); }
  /// Keeps what is known and puts everything back as found.
  void stop();

  fair::FairState state() const;

 private:
  std::optional<std::uint32_t> stalled_ppm(Nanoseconds duration);
  void meet(std::uint64_t number, const Attribution& attribution);
  void meet_gone(CgroupId id, std::uint64_t number);
  void take_policy();
  void carry_out(const fair::Restraints& restraints);
  void let_go();
  void save(bool now);

  FairnessSettings settings_;
  Means means_;
  std::string memory_error_;
  std::optional<Nanoseconds> stalled_before_;
  fair::Steward steward_;
  BriefCgroups brief_;
  std::optional<PodGrantBook> grants_;
  bool holding_ = false;  ///< the levers were told something that is not nothing
  Nanoseconds saved_at_{};
};

/// What was charged to each cgroup for promotions (numa_misplaced).
std::vector<std::pair<CgroupId, Bytes>> promotions(const Window& window, ChargeRule rule);

}  // namespace pagefare
