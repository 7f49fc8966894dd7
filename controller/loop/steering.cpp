// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/steering.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "controller/core/steer/digits.h"
#include "controller/core/steer/reason_loads.h"

namespace pagefare {
namespace {

using steer::Outcome;

constexpr std::size_t kNotedDecisions = 64;
constexpr std::uint64_t kMostPatienceBits = 6;   ///< periods without a write after failures
constexpr std::uint64_t kMaskDwellPeriods = 10;  ///< the mask of reasons is kept at least so long
constexpr double kMostlyUntimed = 0.5;

/// In no space of settings: what was measured belongs to two of them.
constexpr steer::Setting kMixed{steer::Engine::kKernel, std::numeric_limits<std::uint32_t>::max()};

bool has_engine(const KnobState& knobs) {
  return std::ranges::any_of(knobs.offered, [](steer::Setting setting) {
    return setting.engine != steer::Engine::kKernel;
  });
}

/// Bytes moved in the window that no hook saw or that no map could keep.
double unseen_share(const Attribution& attribution) {
  Bytes unseen;
  for (const Cause cause : {Cause::kUnseen, Cause::kMapFull}) {
    unseen += attribution.unattributed[static_cast<std::size_t>(cause)].cost.bytes;
  }
  const auto all = static_cast<double>(attribution.measured.bytes.value);
  return all > 0.0 ? static_cast<double>(unseen.value) / all : 0.0;
}

}  // namespace

Steering::Steering(SteerSettings settings, CopyEngine& engine, CpuMeter& cpus, ViewRecord* record)
    : settings_(std::move(settings)), engine_(engine), cpus_(cpus), record_(record) {
  state_.objective = settings_.wants.objective;
}

void Steering::stand_still(std::string why) {
  state_.deciding = false;
  state_.why_not = std::move(why);
  ++state_.held_periods;
  cpu_before_.reset();  // the next reading would cover more than the next window
}

void Steering::turn(const Period& period) {
  if (!look(period) || !may_decide(period)) {
    return;
  }
  choose_timing(period);
  if (!governor_ || governed_ != knobs_->offered) {
    begin_governor();
  }
  const steer::View view = make_view(period);
  steer::NotedDecision noted;
  noted.decision = governor_->decide(view);
  if (record_ != nullptr) {
    record_->note(view, noted.decision);
  }
  noted.decision.id = ++decisions_;
  noted.unix_ns = period.unix_ns;
  noted.outcome = carry_out(noted.decision, noted.error);
  note(std::move(noted), view);
  steer_reasons(period);
}

/// Reads the knobs and the CPUs; what they say is shown in every mode.
bool Steering::look(const Period& period) {
  Result<KnobState> knobs = engine_.read();
  if (!knobs) {
    knobs_.reset();
    stand_still("the knobs cannot be read: " + knobs.error().message);
    return false;
  }
  knobs_ = *std::move(knobs);
  state_.offered = knobs_->offered;
  state_.active = knobs_->active;
  state_.knobs = knobs_->knobs;
  const Result<steer::CpuCounters> cpus = cpus_.read();
  if (!cpus) {
    stand_still("the CPUs' counters cannot be read: " + cpus.error().message);
    return false;
  }
  const auto before = std::exchange(cpu_before_, *cpus);
  if (!before || cpus->at <= before->at) {
    state_.deciding = false;
    state_.why_not = "the first period has no earlier reading to compare with";
    expected_ = knobs_->active;
    return false;
  }
  state_.cpu = cpu_state(*before, *cpus, copying_cpu(period.window, state_.timing));
  return true;
}

bool Steering::may_decide(const Period& period) {
  const auto still = [this](std::string why) {
    state_.deciding = false;
    state_.why_not = std::move(why);
    ++state_.held_periods;
    expected_ = knobs_->active;
    return false;
  };
  if (settings_.mode == Mode::kObserve) {
    return still("mode observe: nothing is decided; mode advise shows what would be done");
  }
  if (!has_engine(*knobs_)) {
    governor_.reset();
    return still("no copy engine is there; the module pagefare_copy is one (docs/kmod.md)");
  }
  if (const double unseen = unseen_share(period.attribution); unseen > settings_.most_unseen) {
    return still("no hook saw " + steer::fixed(100.0 * unseen, 0) +
                 " % of the bytes moved, more than " +
                 steer::fixed(100.0 * settings_.most_unseen, 0) + " %");
  }
  state_.deciding = true;
  state_.why_not.clear();
  return true;
}

/// Rates of two kinds of timing cannot be compared, so a change begins everything anew. An engine
/// that bypasses the copy function is noticed by bytes that moved without it.
void Steering::choose_timing(const Period& period) {
  if (governed_ != knobs_->offered) {
    offload_unseen_ = false;
  }
  const steer::TimedShare share = steer::timed_share(period.window);
  const auto seen = static_cast<double>(share.seen.value);
  const auto timed = static_cast<double>(share.timed.value);
  if (seen > 0.0 && timed < kMostlyUntimed * seen &&
      knobs_->active.engine != steer::Engine::kKernel) {
    offload_unseen_ = true;
  }
  const bool inside = period.layer == Layer::kPrecise && !offload_unseen_;
  const steer::Timing timing = inside ? steer::Timing::kCopyFunction : steer::Timing::kWholeCall;
  if (timing != state_.timing) {
    state_.timing = timing;
    governor_.reset();
  }
}

void Steering::begin_governor() {
  governed_ = knobs_->offered;
  governor_.emplace(steer::SettingSpace(governed_), settings_.wants);
  governor_->learn_prior(settings_.prior, settings_.prior_source);
  sampler_ = {};
  if (record_ != nullptr) {
    record_->begin({governed_, settings_.wants, settings_.prior, settings_.prior_source});
  }
}

steer::View Steering::make_view(const Period& period) {
  steer::View view;
  view.period = periods_++;
  steer::SampleTerms terms{period.page_size, state_.timing, ~0U};
  if (knobs_->has_reason_mask) {
    terms.admitted = knobs_->reason_mask;
  }
  view.samples = sampler_.sample(period.window, terms);
  // Somebody turned a knob within the period: what was measured is of neither setting.
  view.measured_at = knobs_->active == expected_ ? knobs_->active : kMixed;
  view.knobs = knobs_->knobs;
  view.cpu = state_.cpu;
  view.held = knobs_->held;
  expected_ = knobs_->active;
  return view;
}

Outcome Steering::carry_out(const steer::Decision& decision, std::string& error) {
  if (decision.write == knobs_->knobs) {
    return decision.rule == steer::Rule::kHeld ? Outcome::kRefused : Outcome::kNothingDue;
  }
  if (settings_.mode != Mode::kEnforce) {
    return Outcome::kWould;
  }
  if (periods_ < write_again_at_) {
    return Outcome::kRefused;
  }
  const Result<void> turned = engine_.turn(decision.write, decision.haste);
  if (!turned) {
    error = write_error_ = turned.error().message;
    ++failures_in_a_row_;
    write_again_at_ = periods_ + (1ULL << std::min(failures_in_a_row_, kMostPatienceBits));
    return Outcome::kFailed;
  }
  failures_in_a_row_ = 0;
  write_error_.clear();
  expected_ = decision.write.active();
  return Outcome::kWritten;
}

void Steering::note(steer::NotedDecision noted, const steer::View& view) {
  const steer::Decision& decision = noted.decision;
  state_.target = decision.target;
  state_.regret = decision.regret;
  ++state_.counts[static_cast<std::size_t>(decision.rule)][static_cast<std::size_t>(noted.outcome)];
  state_.classes.clear();
  Nanoseconds copying{};
  for (const steer::ClassSample& sample : view.samples) {
    copying += sample.copy;
    const auto loss =
        std::ranges::find(decision.losses, sample.copy_class, &steer::ClassLoss::copy_class);
    const bool known = loss != decision.losses.end();
    state_.classes.push_back(
        {sample, known ? loss->own_best : steer::kUnmodified, known ? loss->loss : 0.0});
  }
  state_.lost += Nanoseconds(
      static_cast<std::int64_t>(decision.regret * static_cast<double>(copying.count())));
  auto& decisions = state_.decisions;
  if (!decisions.empty() && !says_more(*decisions.back(), noted)) {
    return;
  }
  if (decisions.size() >= kNotedDecisions) {
    decisions.erase(decisions.begin());
  }
  decisions.push_back(std::make_shared<const steer::NotedDecision>(std::move(noted)));
}

void Steering::steer_reasons(const Period& period) {
  steer::ReasonsShown& shown = state_.reasons;
  shown.admitted = knobs_->has_reason_mask ? knobs_->reason_mask : steer::kKnownReasons;
  shown.steered = knobs_->has_reason_mask && !settings_.reasons.empty();
  if (!shown.steered || knobs_->active.engine == steer::Engine::kKernel) {
    shown.refused.clear();
    return;
  }
  const steer::ReasonDemand demand = steer::reason_demand(
      period.window, {knobs_->active, knobs_->reason_mask, state_.cpu, settings_.reasons});
  steer::ReasonMask mask = choose_reasons(demand.loads, demand.policy, knobs_->reason_mask);
  shown.refused = std::move(mask.refused);
  const bool as_wanted = ((mask.bits ^ knobs_->reason_mask) & steer::kKnownReasons) == 0;
  if (as_wanted || periods_ < mask_again_at_) {
    return;
  }
  mask_again_at_ = periods_ + kMaskDwellPeriods;
  if (settings_.mode != Mode::kEnforce) {
    ++shown.would;
    return;
  }
  const Result<void> admitted = engine_.admit(mask.bits);
  shown.error = admitted ? "" : admitted.error().message;
  shown.writes += admitted ? 1U : 0U;
}

std::vector<std::string> Steering::warnings() const {
  std::vector<std::string> warnings;
  if (settings_.mode == Mode::kObserve) {
    return warnings;
  }
  if (!state_.deciding && state_.held_periods > 0) {
    warnings.push_back("no knob is turned: " + state_.why_not);
  }
  if (!write_error_.empty()) {
    warnings.push_back("a knob could not be written: " + write_error_);
  }
  if (!state_.reasons.error.empty()) {
    warnings.push_back("the mask of reasons could not be written: " + state_.reasons.error);
  }
  return warnings;
}

}  // namespace pagefare
