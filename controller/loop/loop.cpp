// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/loop.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "controller/loop/warnings.h"

namespace pagefare {

Loop::Loop(LoopSettings settings, EventSource& source, CgroupNames& names, Clock& clock,
           SnapshotSink& sink)
    : settings_(std::move(settings)),
      source_(source),
      names_(names),
      clock_(clock),
      sink_(sink),
      ledger_(settings_.max_cgroups, settings_.linger),
      started_(clock.monotonic()),
      started_unix_ns_(clock.unix_ns()) {}

void Loop::turn() {
  const Nanoseconds begin = clock_.thread_cpu();
  ++health_.periods;
  lost_ = {};
  read_and_add();
  const std::shared_ptr<Snapshot> snapshot = make_snapshot();
  const Nanoseconds made = clock_.thread_cpu();
  // A snapshot cannot hold the cost of its own publication: that counts in the next period.
  health_.last_period_cpu = made - begin + std::exchange(publish_cpu_, Nanoseconds{});
  health_.total_period_cpu += health_.last_period_cpu;
  snapshot->health.last_period_cpu = health_.last_period_cpu;
  snapshot->health.total_period_cpu = health_.total_period_cpu;
  sink_.publish(snapshot);
  publish_cpu_ = clock_.thread_cpu() - made;
}

void Loop::read_and_add() {
  const Result<Window> window = source_.read();
  if (!window) {
    ++health_.failed_periods;
    health_.last_error = window.error().message;
    if (fairness_ != nullptr) fairness_->turn_blind();
    if (steering_ != nullptr) {
      steering_->stand_still("the kernel's counters cannot be read: " + health_.last_error);
    }
    return;
  }
  health_.last_error.clear();
  lost_ = window->losses;
  add(*window);
  mark_removed();
  close_removed();
}

void Loop::add(const Window& window) {
  const Attribution attribution = attribute(window, settings_.charge);
  std::map<CgroupId, Presence> presence;
  std::vector<PathOrder::Entry> newcomers;
  std::set<CgroupId> nameless;
  for (const auto& [id, account] : attribution.accounts) {
    if (ledger_.knows(id)) {
      continue;
    }
    // A closed cgroup has no path any more: looking for it would only count as a failure.
    if (ledger_.has_closed(id)) {
      nameless.insert(id);
      continue;
    }
    if (std::optional<std::string> path = names_.path(id)) {
      newcomers.push_back({.path = *std::move(path), .id = id, .account = nullptr});
    } else {
      presence.emplace(id, Presence::kUnresolved);
      nameless.insert(id);
    }
  }
  ledger_.add(window, attribution, presence);
  std::erase_if(newcomers, [this](PathOrder::Entry& newcomer) {
    const auto kept = ledger_.accounts().find(newcomer.id);
    newcomer.account = kept == ledger_.accounts().end() ? nullptr : &kept->second;
    return newcomer.account == nullptr;
  });
  const bool somebody_new = !newcomers.empty();
  order_.add(std::move(newcomers));
  name_pods(somebody_new);
  forget_quiet(std::move(nameless), attribution);
  if (fairness_ != nullptr) {
    fairness_->turn(health_.periods, window, attribution, settings_.charge);
  }
  steer(window, attribution);
}

void Loop::name_pods(bool somebody_new) {
  if (pod_names_ == nullptr) return;
  if (const auto now = pod_names_->generation(); somebody_new || now != pods_seen_) {
    order_.name_pods(*pod_names_);
    pods_seen_ = now;
  }
}

// Nobody tells of the end of a cgroup that went before it could be named, or that was closed and
// had a late sample: once it is quiet its counters are dropped, or they would fill the kernel's
// maps. One that lives after all is counted anew.
void Loop::forget_quiet(std::set<CgroupId> nameless, const Attribution& attribution) {
  std::vector<CgroupId> quiet;
  std::ranges::copy_if(nameless_, std::back_inserter(quiet),
                       [&attribution](CgroupId id) { return !attribution.accounts.contains(id); });
  if (!quiet.empty()) {
    source_.forget(quiet);
  }
  nameless_ = std::move(nameless);
}

void Loop::steer(const Window& window, const Attribution& attribution) {
  if (steering_ != nullptr) {
    steering_->turn({.window = window,
                     .attribution = attribution,
                     .layer = layer_,
                     .page_size = settings_.page_size,
                     .unix_ns = clock_.unix_ns()});
  }
}

void Loop::mark_removed() {
  const Nanoseconds now = clock_.monotonic();
  std::vector<CgroupId> without_account;
  for (const CgroupId id : names_.find_removed()) {
    if (ledger_.knows(id)) {
      ledger_.mark_removed(id, now);
    } else {
      without_account.push_back(id);
    }
  }
  forget(without_account);
}

void Loop::close_removed() {
  const std::vector<CgroupId> closed = ledger_.close_removed(clock_.monotonic(), order_.heirs());
  order_.erase(closed);
  forget(closed);
}

void Loop::forget(const std::vector<CgroupId>& ids) {
  if (ids.empty()) {
    return;
  }
  for (const CgroupId id : ids) {
    names_.forget(id);
  }
  source_.forget(ids);
  if (fairness_ != nullptr) fairness_->forget(ids);
}

std::shared_ptr<Snapshot> Loop::make_snapshot() {
  auto snapshot = std::make_shared<Snapshot>();
  SourceStatus status = source_.status();
  snapshot->version = settings_.version;
  snapshot->mode = settings_.mode;
  snapshot->charge = settings_.charge;
  snapshot->layer = layer_ = status.layer;
  snapshot->layer_why = std::move(status.layer_why);
  snapshot->page_size = settings_.page_size;
  snapshot->period = settings_.period;
  snapshot->start_unix_ns = started_unix_ns_;
  snapshot->uptime = clock_.monotonic() - started_;
  snapshot->totals = ledger_.measured();
  snapshot->unattributed = ledger_.unattributed();
  snapshot->rows = make_rows(order_, ledger_);
  snapshot->classes = ledger_.classes();
  snapshot->flows = ledger_.flows();
  snapshot->calls = ledger_.calls();
  snapshot->call_histograms = ledger_.call_histograms();
  snapshot->losses = ledger_.losses();
  health_.resolve_failures = names_.failures();
  snapshot->health = health_;
  snapshot->health.programs = std::move(status.programs);
  snapshot->health.maps = std::move(status.maps);
  if (pod_names_ != nullptr) snapshot->pod_names = pod_names_->status();
  if (fairness_ != nullptr) snapshot->fair = fairness_->state();
  if (steering_ != nullptr) {
    snapshot->steer = steering_->state();
    snapshot->knobs = steering_->knobs().value_or(KnobState{});
  }
  snapshot->warnings = make_warnings(*snapshot, std::move(status.warnings));
  return snapshot;
}

std::vector<std::string> Loop::make_warnings(const Snapshot& snapshot,
                                             std::vector<std::string> from_source) const {
  std::vector<std::string> warnings;
  if (!health_.last_error.empty()) {
    warnings.push_back(warn_of_failure(health_));
  }
  for (const KnobAlarm& alarm : snapshot.knobs.alarms) {
    const bool harmful = alarm.kind == KnobAlarm::Kind::kLosesData;
    warnings.push_back((harmful ? "DATA LOSS: " : "") + alarm.knob + ": " + alarm.sentence);
  }
  std::ranges::move(from_source, std::back_inserter(warnings));
  if (steering_ != nullptr) {
    std::ranges::move(steering_->warnings(), std::back_inserter(warnings));
  }
  if (auto incomplete = warn_of_incompleteness(snapshot)) {
    warnings.push_back(*std::move(incomplete));
  }
  if (auto unnamed = warn_of_missing_names(snapshot)) {
    warnings.push_back(*std::move(unnamed));
  }
  if (auto unlabelled = warn_of_missing_labels(snapshot)) {
    warnings.push_back(*std::move(unlabelled));
  }
  if (auto faults = warn_of_pod_faults(snapshot.fair)) {
    warnings.push_back(*std::move(faults));
  }
  if (auto losses = warn_of_losses(lost_)) {
    warnings.push_back(*std::move(losses));
  }
  return warnings;
}

}  // namespace pagefare
