// SPDX-License-Identifier: Apache-2.0
// How many calls of a gated tenant are let through in a period.
#pragma once

#include <cstdint>
#include <optional>

#include "controller/core/fair/amounts.h"
#include "controller/core/fair/appetite.h"

namespace pagefare::fair {

/// A call under way cannot be stopped, and eight callers start eight calls the moment a gate opens.
/// So calls are counted out, not time: as many as what the tenant may use pays for, at what its
/// calls have cost. What was used beyond is owed and paid off before another call is let through;
/// what was not let through, because it was less than one call, is kept for the periods that
/// follow. Both are bounded: kMostPeriods of what it may use.
class Turnstile {
 public:
  /// What came of a period.
  struct Passage {
    Amounts used;
    std::uint64_t admitted = 0;  ///< calls let through
    bool refused = false;        ///< further calls were not
  };

  /// Of a period in which nobody was held: only what calls cost is learned.
  void watch(const Passage& passage) { learn(passage); }
  /// Of a period in which the turnstile held. `limit` is what could be used of the resource.
  void settle(const Passage& passage, const Amounts& limit);
  /// Nothing is owed or kept any more.
  void reset();

  /// What may be used of a resource in the next period, debts paid.
  std::uint64_t target(std::size_t resource, std::uint64_t limit) const;
  /// Calls that so much pays for; nothing while it is not known what one costs.
  std::optional<std::uint64_t> calls(std::size_t resource, std::uint64_t amount) const;

 private:
  static constexpr std::uint64_t kMostPeriods = 32;
  /// A call is presumed to have ended by then; what is used later has another cause.
  static constexpr std::uint32_t kLongestCall = 4;

  void learn(const Passage& passage);
  std::uint64_t price(std::size_t resource) const;

  Amounts owed_;
  Amounts kept_;
  Amounts paid_;                // for calls_; older periods count less and less
  std::uint64_t calls_ = 0;     // in thousandths
  std::uint32_t idle_for_ = 0;  // periods since one was let through
};

}  // namespace pagefare::fair
