// SPDX-License-Identifier: Apache-2.0
// One period of steering: look at the knobs and the CPUs, let the governor decide, carry it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/core/attribution.h"
#include "controller/core/knobs/state.h"
#include "controller/core/snapshot.h"
#include "controller/core/steer/governor.h"
#include "controller/core/steer/samples.h"
#include "controller/core/steer/state.h"
#include "controller/core/window.h"
#include "controller/ports/copy_engine.h"
#include "controller/ports/cpu_meter.h"
#include "controller/ports/view_record.h"

namespace pagefare {

struct SteerSettings {
  Mode mode = Mode::kObserve;
  steer::Wants wants;
  std::vector<steer::PriorRow> prior;
  steer::PriorSource prior_source = steer::PriorSource::kOtherMachine;
  /// Reasons in the order in which they may use the engine; those not named come last, together.
  /// Empty: the mask of reasons is left alone.
  std::vector<MigrateReason> reasons;
  /// Bytes that no hook saw, as a share of a window's: above it no knob is turned.
  double most_unseen = 0.25;
};

class Steering {
 public:
  /// What the loop knows of one period.
  struct Period {
    const Window& window;
    const Attribution& attribution;
    Layer layer = Layer::kNone;
    std::uint64_t page_size = 4096;
    std::int64_t unix_ns = 0;
  };

  /// The ports must outlive it; `record` may be null.
  Steering(SteerSettings settings, CopyEngine& engine, CpuMeter& cpus, ViewRecord* record);

  /// Never fails: what cannot be read or written is in the state, and no knob is turned then.
  void turn(const Period& period);

  /// The kernel's counters could not be read.
  void stand_still(std::string why);

  const steer::SteerState& state() const { return state_; }
  /// As read in the last period; none when it could not be read.
  const std::optional<KnobState>& knobs() const { return knobs_; }
  /// Sentences for people; empty when all is well.
  std::vector<std::string> warnings() const;

 private:
  bool look(const Period& period);
  bool may_decide(const Period& period);
  void choose_timing(const Period& period);
  void begin_governor();
  steer::View make_view(const Period& period);
  steer::Outcome carry_out(const steer::Decision& decision, std::string& error);
  void note(steer::NotedDecision noted, const steer::View& view);
  void steer_reasons(const Period& period);

  SteerSettings settings_;
  CopyEngine& engine_;
  CpuMeter& cpus_;
  ViewRecord* record_;
  steer::SteerState state_;
  std::optional<KnobState> knobs_;
  std::optional<steer::CpuCounters> cpu_before_;
  std::optional<steer::Governor> governor_;
  std::vector<steer::Setting> governed_;  ///< offer that the governor was made for
  steer::Sampler sampler_;
  steer::Setting expected_;  ///< in use since the end of the last period
  bool offload_unseen_ = false;
  std::uint64_t periods_ = 0;    ///< decided ones
  std::uint64_t decisions_ = 0;  ///< ids, through all governors
  std::uint64_t write_again_at_ = 0;
  std::uint64_t failures_in_a_row_ = 0;
  std::string write_error_;  ///< of the last write; empty when it went well
  std::uint64_t mask_again_at_ = 0;
};

}  // namespace pagefare
