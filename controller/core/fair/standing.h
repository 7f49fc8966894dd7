// SPDX-License-Identifier: Apache-2.0
// Where one tenant stands: how far it is over what it may use, for how long, and what that leads
// to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "controller/core/fair/amounts.h"
#include "controller/core/fair/appetite.h"
#include "controller/core/fair/budget.h"
#include "controller/core/fair/turnstile.h"
#include "controller/core/fair/verdict.h"

namespace pagefare::fair {

/// What is known of a tenant at the end of a period.
struct Case {
  Amounts used;
  Amounts wish;       ///< what it would have used with its gate open
  Amounts allocated;  ///< what it may use in a period like this one
  Amounts cap;        ///< its own and those above it; kUnlimited where there is none
  Amounts entitled;   ///< 0 where nothing is scarce
  std::array<bool, kResources> bound{};  ///< scarce or capped: the rest is never over
  Nanoseconds duration{};
  Nanoseconds now{};  ///< monotonic
  Nanoseconds burst{};
  std::uint64_t admitted = 0;  ///< calls that the gate let through
  bool refused = false;        ///< it refused some
  Actions actions;             ///< those that its budget lists
  Actions available;           ///< those that this machine has
  Actions theirs;              ///< those that somebody else's writes stand in the way of
  bool is_protected = false;
  bool incomplete = false;
};

/// What came of it.
struct Finding {
  Rule rule = Rule::kWithin;
  Stage from = Stage::kUnder;
  Stage to = Stage::kUnder;
  std::size_t resource = 0;  ///< the one that it is over by most, or nearest to
};

class Standing {
 public:
  explicit Standing(Steps steps) : steps_(steps) {}

  /// One period; see docs/fairness.md.
  Finding judge(const Case& about);

  Stage stage() const { return stage_; }
  /// The share of what it would use that the gate is to let through. A million below kGate.
  std::uint32_t open_ppm() const { return open_ppm_; }
  /// Calls to be let through in the next period; nothing while it is not known what one costs.
  std::optional<std::uint64_t> calls() const { return calls_; }
  /// What it has saved up of its own share; not more than its burst.
  const Amounts& saved() const { return saved_; }
  void set_steps(Steps steps) { steps_ = steps; }
  /// Nothing is held against it any more.
  void release();

 private:
  enum class Side : std::uint8_t { kUnder, kBetween, kOver };
  struct Weighed {
    Side side = Side::kUnder;
    std::size_t resource = 0;
  };

  Weighed weigh(const Case& about, const Amounts& wish) const;
  std::uint64_t may_use(const Case& about, std::size_t resource) const;
  Finding step_up(const Case& about, const Weighed& weighed);
  Finding step_down(const Case& about, const Weighed& weighed);
  std::optional<Stage> next_stage(const Case& about) const;
  Stage previous_stage(const Case& about) const;
  Rule why_no_further(const Case& about) const;
  void save(const Case& about);
  void set_gate(const Case& about, bool is_new);

  Steps steps_;
  Stage stage_ = Stage::kUnder;
  std::uint32_t over_for_ = 0;  // periods
  std::optional<Nanoseconds> calm_since_;
  Amounts peak_;  // of the wish since the stage was left last; falls slowly
  Amounts saved_;
  Turnstile turnstile_;
  std::uint32_t open_ppm_ = kMillion;
  std::optional<std::uint64_t> calls_;
};

}  // namespace pagefare::fair
