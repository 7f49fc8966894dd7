// SPDX-License-Identifier: Apache-2.0
// How much a tenant would use if it were let: measured where it is let, guessed where it is not.
#pragma once

#include <cstdint>

#include "controller/core/fair/amounts.h"

namespace pagefare::fair {

inline constexpr std::uint32_t kMillion = 1'000'000;

/// What happened to a tenant in one period.
struct Meal {
  Amounts used;
  bool gated = false;          ///< its gate let through only so many calls
  std::uint64_t refusals = 0;  ///< calls of its that the gate answered
  bool contended = false;      ///< others may have kept it from using more
  bool had_room = false;       ///< some of what there is was left over
  bool others_held = false;    ///< some others are restrained
};

class Appetite {
 public:
  /// Takes in one period. Where things are contended, one who used about all that was expected of
  /// him is presumed to want kPresumed times as much, until a period in which there was room for
  /// that shows that he does not; so is one whose use grows while others are held back.
  void take(const Meal& meal);

  /// What it is believed to want in a period like the last one: at least what it used. One who was
  /// refused wants everything, in the proportions in which he used things last.
  Amounts demand(const Amounts& capacity) const;

  /// Used less than it is known to want, though nothing of ours kept it: others were in its way.
  bool is_starved() const { return starved_; }

  /// What it would have used with its gate open: while calls of its are refused, at least as much
  /// as it used before.
  const Amounts& wish() const { return wish_; }

 private:
  static constexpr std::uint64_t kPresumed = 8;

  bool used_what_was_expected(const Amounts& used) const;
  bool has_grown(const Amounts& used) const;
  bool is_short(const Amounts& used) const;

  Amounts wish_;
  Amounts known_;      // with room for growth; falls by half
  Amounts expected_;   // the demand told last
  Amounts direction_;  // its last use that was not nothing
  bool presumed_ = false;
  bool refused_ = false;
  bool starved_ = false;
};

}  // namespace pagefare::fair
