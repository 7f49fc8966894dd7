// SPDX-License-Identifier: Apache-2.0
// The parts of one observing pagefare, plugged together: used by the daemon and by a `top` of its
// own.
#pragma once

#include <memory>
#include <string>

#include "controller/daemon/fairness_parts.h"
#include "controller/daemon/steering_parts.h"
#include "controller/edge/bpf/bpf_source.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/cgroup_paths.h"
#include "controller/edge/config.h"
#include "controller/edge/kubernetes/pod_watch.h"
#include "controller/edge/roots.h"
#include "controller/loop/loop.h"
#include "controller/ports/clock.h"
#include "controller/ports/result.h"
#include "controller/ports/snapshot_sink.h"

namespace pagefare {

class Observation {
 public:
  /// Finds the cgroup hierarchy, loads and attaches the BPF programs. `clock` and `sink` must
  /// outlive the observation. Error: names what is missing and the remedy.
  static Result<std::unique_ptr<Observation>> open(const Config& config, const Roots& roots,
                                                   Clock& clock, SnapshotSink& sink);

  /// Steers from the next period on; `engine` must outlive the observation. Error: the prior or the
  /// record cannot be used.
  Result<void> steer(const Config& config, const Roots& roots, Clock& clock, CopyEngine& engine,
                     const std::string& record);

  /// Settles budgets from the next period on; `levers` may be null, else must outlive the
  /// observation.
  void settle(const Config& config, const Roots& roots, Clock& clock, Levers* levers,
              const std::string& state_directory);

  /// What the levers were told is taken back, what is to outlive us is saved. No turn after this.
  void stop() { fairness_.reset(); }

  /// One period: see Loop::turn().
  void turn() { loop_->turn(); }

  /// Takes over what can change while running: charge, period, budgets.
  void apply(const Config& config);

 private:
  Observation() = default;

  std::unique_ptr<BpfSource> source_;
  std::unique_ptr<CgroupPaths> names_;
  std::unique_ptr<PodWatch> pods_;  // null where there is no cluster
  std::unique_ptr<SteeringParts> steering_;
  std::unique_ptr<FairnessParts> fairness_;
  std::unique_ptr<Loop> loop_;
};

/// The hierarchy of the memory controller, with directories that can be reached. Error: there is
/// none, or another mount hides it; names the remedy.
Result<CgroupHierarchy> find_memory_cgroups(const Roots& roots);

/// What of the machine and the configuration the event source needs.
BpfSettings bpf_settings(const Config& config, const Roots& roots, bool memory_on_v2);

}  // namespace pagefare
