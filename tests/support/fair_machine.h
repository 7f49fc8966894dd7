// SPDX-License-Identifier: Apache-2.0
// A model machine for fairness: tenants that migrate as hard as they can, CPUs that are shared in
// proportion to what runs on them, and levers that work.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/fair/steward.h"

namespace pagefare::test {

struct Mover {
  std::string path;
  std::uint64_t id = 0;
  unsigned threads = 1;  ///< that migrate at the same time
  double workers = 0;    ///< kernel workers that copy for each of them, unless limited
  bool wants = true;     ///< runs at all
  double appetite = 1;   ///< CPUs that one thread or worker uses at most
  double bytes_per_cpu_second = 1e9;
  double call_cost = 0.001;  ///< CPU s that one call takes, whatever becomes of the gate meanwhile
};

class FairMachine {
 public:
  FairMachine(fair::Policy policy, double cpus, bool enforce = true,
              Nanoseconds period = std::chrono::seconds(1))
      : cpus_(cpus),
        period_(period),
        steward_({.policy = std::move(policy),
                  .enforce = enforce,
                  .why_not = "advise",
                  .own_path = "",
                  .boot_id = "b"},
                 {}) {
    steward_.set_reach({{fair::Action::kLimit, true, ""},
                        {fair::Action::kRepay, true, ""},
                        {fair::Action::kGate, true, ""},
                        {fair::Action::kRate, true, ""}});
  }

  Mover& add(Mover mover) {
    steward_.tenants().add(CgroupId{mover.id}, mover.path);
    const std::string path = mover.path;
    return movers_[path] = std::move(mover);
  }
  Mover& mover(const std::string& path) { return movers_.at(path); }

  /// One period: what runs under the restraints that hold, and what the steward makes of it.
  void turn() {
    std::map<std::string, std::pair<double, double>> runs;  // CPU s: of threads, of workers
    gates_.clear();
    for (int slice = 0; slice < kSlices; ++slice) run(slice, runs);
    Attribution attribution;
    used_.clear();
    for (const auto& [path, run] : runs) {
      Account& account = attribution.accounts[CgroupId{movers_[path].id}];
      const auto [own, outside] = run;
      account.charged.copy_cpu = nanoseconds(own);
      account.outside_quota = nanoseconds(outside);
      account.charged.bytes.value =
          static_cast<std::uint64_t>((own + outside) * movers_[path].bytes_per_cpu_second);
      attribution.measured.bytes += account.charged.bytes;
      attribution.measured.copy_cpu += account.charged.copy_cpu;
      attribution.measured.worker_cpu += account.outside_quota;
      used_[path] = own + outside;
      total_[path] += own + outside;
      total_bytes_[path] += static_cast<double>(account.charged.bytes.value);
    }
    settle(attribution);
  }

  void turn(int periods) {
    for (int i = 0; i < periods; ++i) turn();
  }

  double used(const std::string& path) { return used_[path]; }    ///< CPU s, last period
  double total(const std::string& path) { return total_[path]; }  ///< CPU s
  double total_bytes(const std::string& path) { return total_bytes_[path]; }
  void forget_totals() {
    total_.clear();
    total_bytes_.clear();
  }

  /// (sum x)^2 / (n * sum x^2) of the last period's use over weight.
  double jain(const std::map<std::string, double>& weights) { return jain(weights, used_); }
  double jain_of_totals(const std::map<std::string, double>& weights) {
    return jain(weights, total_);
  }

  fair::Steward& steward() { return steward_; }
  const fair::Restraints& told() const { return told_; }

 private:
  static double jain(const std::map<std::string, double>& weights,
                     std::map<std::string, double>& cost) {
    double sum = 0;
    double squares = 0;
    for (const auto& [path, weight] : weights) {
      sum += cost[path] / weight;
      squares += cost[path] / weight * cost[path] / weight;
    }
    return squares > 0 ? sum * sum / (static_cast<double>(weights.size()) * squares) : 0;
  }

  static constexpr int kSlices = 1000;

  /// What one mover's threads have left of their calls, and what came of the gate.
  struct Calls {
    std::vector<double> left;  ///< CPU s, by thread; 0 or less: none
    std::uint64_t admitted = 0;
    std::uint64_t refused = 0;
  };

  /// Whoever has a call under way runs, whatever the gate; the others have to be let through.
  void run(int slice, std::map<std::string, std::pair<double, double>>& runs) {
    const double seconds = std::chrono::duration<double>(period_).count() / kSlices;
    std::map<std::string, std::pair<double, double>> want;
    double wanted = 0;
    for (const auto& [path, mover] : movers_) {
      Calls& calls = calls_[path];
      calls.left.resize(mover.threads);
      double busy = 0;
      for (double& left : calls.left) {
        if (left <= 0 && mover.wants && is_let_through(path, slice)) left += mover.call_cost;
        busy += left > 0 ? 1 : 0;
      }
      want[path] = {busy, held_by(path).limit ? 0 : busy * mover.workers};
      wanted += want[path].first + want[path].second;
    }
    const double each = per_thread(want, wanted);
    for (const auto& [path, count] : want) {
      const Mover& mover = movers_.at(path);
      const double got = std::min(each, mover.appetite) * seconds;
      runs[path].first += count.first * got;
      runs[path].second += count.second * got;
      const double done = got * (1 + (held_by(path).limit ? 0 : mover.workers));
      for (double& left : calls_[path].left) left -= left > 0 ? done : 0;
    }
  }

  bool is_let_through(const std::string& path, int slice) {
    bool open = true;
    for (fair::Restraint& restraint : told_.cgroups) {
      const bool above = path == restraint.path || path.starts_with(restraint.path + "/");
      if (!above || restraint.gate_for.count() == 0) continue;
      const bool shut = restraint.shut_for * kSlices > period_ * slice;
      open = open && !shut && restraint.gate_calls.value_or(1) > 0;
      Calls& gate = gates_[restraint.path];
      ++(open ? gate.admitted : gate.refused);
      if (open && restraint.gate_calls) --*restraint.gate_calls;
    }
    return open;
  }

  /// What the scheduler gives each thread: as much as it wants, or an equal part of what is left.
  double per_thread(const std::map<std::string, std::pair<double, double>>& want,
                    double count) const {
    double left = cpus_;
    std::multimap<double, double> by_appetite;
    for (const auto& [path, threads] : want) {
      by_appetite.emplace(movers_.at(path).appetite, threads.first + threads.second);
    }
    for (const auto& [appetite, threads] : by_appetite) {
      if (count <= 0 || appetite * count > left) break;
      left -= appetite * threads;
      count -= threads;
    }
    return count > 1e-9 ? left / count : 1.0;
  }

  static Nanoseconds nanoseconds(double seconds) {
    return Nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  }

  fair::Restraint held_by(const std::string& path) const {
    fair::Restraint held;
    for (const fair::Restraint& restraint : told_.cgroups) {
      const bool above = path == restraint.path || path.starts_with(restraint.path + "/");
      if (!above) continue;
      held.limit = held.limit || restraint.limit;
    }
    return held;
  }

  void settle(const Attribution& attribution) {
    now_ += period_;
    fair::Period period;
    period.number = ++number_;
    period.unix_ns = now_.count();
    period.now = now_;
    period.machine = {.duration = period_,
                      .cpus = static_cast<std::uint32_t>(cpus_),
                      .stalled_ppm = std::nullopt};
    period.attribution = &attribution;
    steward_.take_counts(counts());
    told_ = steward_.turn(period);
    steward_.take(report());
  }

  fair::LeverReport report() const {
    fair::LeverReport report;
    for (const fair::Restraint& restraint : told_.cgroups) {
      if (restraint.gate_for.count() == 0) continue;
      report.outcomes.push_back({restraint.path, fair::Action::kGate, fair::Outcome::kApplied, ""});
    }
    return report;
  }

  std::vector<fair::LeverCounts> counts() const {
    std::vector<fair::LeverCounts> counts;
    for (const auto& [path, gate] : gates_) {
      counts.push_back({.path = path,
                        .gate_refusals = gate.refused,
                        .gate_admitted = gate.admitted,
                        .collected = {},
                        .outstanding = {}});
    }
    return counts;
  }

  double cpus_;
  Nanoseconds period_;
  fair::Steward steward_;
  std::map<std::string, Mover> movers_;
  std::map<std::string, Calls> calls_;  // by mover
  std::map<std::string, Calls> gates_;  // of the period, by restraint
  std::map<std::string, double> used_;
  std::map<std::string, double> total_;
  std::map<std::string, double> total_bytes_;
  fair::Restraints told_;
  Nanoseconds now_{};
  std::uint64_t number_ = 0;
};

/// Budgets for "/a", "/b", ... of these weights, and one `capacity` in CPUs.
inline fair::Policy policy_of(const std::vector<std::uint32_t>& weights, double capacity,
                              std::vector<fair::Action> actions = {fair::Action::kGate}) {
  fair::Policy policy;
  policy.capacity_cpu_ppm = static_cast<std::uint64_t>(capacity * 1e6);
  policy.unlisted_weight = 1;
  char name = 'a';
  for (const std::uint32_t weight : weights) {
    fair::Budget budget;
    budget.match = std::string("/") + name++;
    budget.weight = weight;
    for (const fair::Action action : actions) budget.actions.add(action);
    policy.budgets.push_back(budget);
  }
  return policy;
}

}  // namespace pagefare::test
