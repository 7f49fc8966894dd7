// SPDX-License-Identifier: Apache-2.0
// The order of one period: read, attribute, add up, name, publish.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/core/ledger.h"
#include "controller/loop/fairness.h"
#include "controller/loop/rows.h"
#include "controller/loop/steering.h"
#include "controller/ports/cgroup_names.h"
#include "controller/ports/clock.h"
#include "controller/ports/event_source.h"
#include "controller/ports/pod_names.h"
#include "controller/ports/snapshot_sink.h"

namespace pagefare {

struct LoopSettings {
  std::string version;
  Mode mode = Mode::kObserve;
  ChargeRule charge = ChargeRule::kRule;
  Nanoseconds period{};
  std::uint32_t page_size = 0;
  std::size_t max_cgroups = 1000;
  Nanoseconds linger{};
};

class Loop {
 public:
  Loop(LoopSettings settings, EventSource& source, CgroupNames& names, Clock& clock,
       SnapshotSink& sink);

  /// From now on rows have the names of pods. `names` must outlive the loop.
  void set_pod_names(PodNames& names) { pod_names_ = &names; }

  /// Settled in every period from now on; must outlive the loop.
  void attach(Fairness& fairness) { fairness_ = &fairness; }

  /// One period. A snapshot is published even when the kernel could not be read: the sums stay,
  /// health says what went wrong.
  void turn();

  /// From the next period on. `steering` must outlive the loop.
  void steer_with(Steering& steering) { steering_ = &steering; }

  /// Takes effect with the next period; sums are kept.
  void set_charge(ChargeRule charge) { settings_.charge = charge; }
  void set_period(Nanoseconds period) { settings_.period = period; }

 private:
  void read_and_add();
  void add(const Window& window);
  void name_pods(bool somebody_new);
  void steer(const Window& window, const Attribution& attribution);
  void mark_removed();
  void close_removed();
  void forget(const std::vector<CgroupId>& ids);
  void forget_quiet(std::set<CgroupId> nameless, const Attribution& attribution);
  std::shared_ptr<Snapshot> make_snapshot();
  std::vector<std::string> make_warnings(const Snapshot& snapshot,
                                         std::vector<std::string> from_source) const;

  LoopSettings settings_;
  EventSource& source_;
  CgroupNames& names_;
  Clock& clock_;
  SnapshotSink& sink_;
  PodNames* pod_names_ = nullptr;
  std::uint64_t pods_seen_ = 0;  // generation of the names
  Fairness* fairness_ = nullptr;
  Steering* steering_ = nullptr;
  Layer layer_ = Layer::kNone;  // as last told by the source
  Ledger ledger_;
  PathOrder order_;
  std::set<CgroupId> nameless_;  // active in the last period, and no account is theirs
  Health health_;
  Losses lost_;                // in this period
  Nanoseconds publish_cpu_{};  // of the period before
  Nanoseconds started_{};
  std::int64_t started_unix_ns_ = 0;
};

}  // namespace pagefare
