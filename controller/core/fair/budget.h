// SPDX-License-Identifier: Apache-2.0
// What somebody wrote about who may migrate how much.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/attribution.h"
#include "controller/core/fair/amounts.h"
#include "controller/core/quantity.h"

namespace pagefare::fair {

/// What may be done about a cgroup that is over its budget, in the order of escalation. `rate` acts
/// on the whole machine and is not a step of the escalation.
enum class Action : std::uint8_t { kLimit, kRepay, kGate, kRate };
inline constexpr std::size_t kActions = 4;
/// "limit", "repay", "gate", "rate": the values of `actions`, and a metric label.
std::string_view name(Action action);
std::optional<Action> parse_action(std::string_view text);

/// A set of actions.
class Actions {
 public:
  constexpr Actions() = default;
  constexpr bool has(Action action) const { return (bits_ & bit(action)) != 0; }
  constexpr Actions& add(Action action) {
    bits_ |= bit(action);
    return *this;
  }
  constexpr bool none() const { return bits_ == 0; }
  constexpr bool operator==(const Actions&) const = default;

 private:
  static constexpr std::uint8_t bit(Action action) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(action));
  }
  std::uint8_t bits_ = 0;
};

inline constexpr std::uint32_t kDefaultWeight = 100;
inline constexpr std::uint32_t kLeastWeight = 1;
inline constexpr std::uint32_t kMostWeight = 10'000;

/// One [[budget]]. A cgroup holds a budget when the most specific glob that matches its path is
/// more specific than that of the nearest holder above it. All that is below a holder and holds
/// none of its own shares the holder's: new children never add to what a tenant may do.
///
/// Globs: `*` and `?` within one component of the path, `**` for any number of components, zero
/// included, but one at least at the end ("/a/**" is everything below /a, not /a).
/// More specific is, in this order: more components without a wildcard; more components that are
/// not `**`; more literal characters; earlier in the file.
struct Budget {
  std::string match;
  std::uint32_t weight = kDefaultWeight;
  /// Copy CPU in parts per million of one CPU; nothing = "max".
  std::optional<std::uint64_t> cpu_ppm;
  /// Migrated bytes per second; nothing = "max".
  std::optional<Bytes> bytes_per_second;
  /// How far it may run ahead: so much time of its own share may be saved up while it is not used.
  Nanoseconds burst = std::chrono::seconds(1);
  Actions actions;

  bool operator==(const Budget&) const = default;
};

/// Whose cost counts against a budget: whoever the bill goes to, or by a rule of its own.
enum class Charge : std::uint8_t { kBill, kRule, kInitiator, kOwner };

/// The rule, given the bill's.
constexpr ChargeRule rule_of(Charge charge, ChargeRule bill) {
  switch (charge) {
    case Charge::kBill:
      return bill;
    case Charge::kRule:
      return ChargeRule::kRule;
    case Charge::kInitiator:
      return ChargeRule::kInitiator;
    case Charge::kOwner:
      return ChargeRule::kOwner;
  }
  return bill;
}

/// [fairness] and all [[budget]]s.
struct Policy {
  Charge charge = Charge::kBill;
  /// Copy CPU of the machine to share out, in parts per million of one CPU; nothing = "auto", from
  /// CPU pressure.
  std::optional<std::uint64_t> capacity_cpu_ppm;
  /// Nothing = "max": bytes are not shared out, only capped by budgets.
  std::optional<Bytes> capacity_bytes_per_second;
  /// DMA channels to share out, in parts per million of one; nothing = "max".
  std::optional<std::uint64_t> capacity_dma_ppm;
  std::vector<Budget> budgets;
  /// Of all cgroups together that no budget matches: their share when everybody is hungry.
  std::uint32_t unlisted_weight = kDefaultWeight;
  /// Globs of cgroups that nothing is done to, nor to what is above or below them.
  std::vector<std::string> protect{"/init.scope", "/system.slice/init.scope",
                                   "/system.slice/kubelet.service", "/kubelet",
                                   "/kubelet.slice/kubelet.service"};
  /// Share of a period's cost that must be charged to somebody before anything is enforced.
  std::uint32_t least_attributed_ppm = 950'000;
  /// A step of the escalation is kept at least so long.
  Nanoseconds dwell = std::chrono::seconds(2);

  bool operator==(const Policy&) const = default;
  /// Without budgets nobody is restrained, and nothing is settled.
  bool active() const { return !budgets.empty(); }
};

}  // namespace pagefare::fair
