// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/level.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace pagefare::fair {
namespace {

constexpr unsigned kShareBits = 60;  // a share of 1 is 2^60

/// Which resource of `demand` is the largest share of `bound`.
std::size_t dominant_of(const Amounts& demand, const Amounts& bound) {
  const auto is_larger = [&](std::size_t a, std::size_t b) {
    if (demand[a] == 0 || demand[b] == 0) return demand[a] > demand[b];
    return static_cast<Wide>(demand[a]) * bound[b] > static_cast<Wide>(demand[b]) * bound[a];
  };
  std::size_t dominant = 0;
  for (std::size_t r = 1; r < kResources; ++r) {
    if (is_larger(r, dominant)) dominant = r;
  }
  return dominant;
}

/// A rival's demand is met when the water has risen to demand / pace of its dominant resource.
bool is_met_before(const Rival& a, const Rival& b) {
  // Who wants nothing has no pace either, and is met from the start.
  if (a.demand.is_zero() || b.demand.is_zero()) {
    return a.demand.is_zero() == b.demand.is_zero() ? a.rank < b.rank : a.demand.is_zero();
  }
  const Wide left = static_cast<Wide>(a.demand[a.dominant]) * b.pace.at(b.dominant);
  const Wide right = static_cast<Wide>(b.demand[b.dominant]) * a.pace.at(a.dominant);
  return left != right ? left < right : a.rank < b.rank;
}

/// The level being filled: what is left of each resource, and how fast it goes.
class Filling {
 public:
  Filling(std::span<Rival> rivals, const Amounts& bound) : rivals_(rivals), left_(bound) {
    for (std::size_t r = 0; r < kResources; ++r) scarce_.at(r) = bound[r] < kUnlimited;
    for (const Rival& rival : rivals_) add_pace(rival);
  }

  void run() {
    frozen_.assign(rivals_.size(), false);
    for (std::size_t at = 0; at < rivals_.size(); ++at) {
      while (!frozen_[at]) {
        const std::optional<std::size_t> next = runs_out_first();
        if (!next || is_met(rivals_[at], *next)) {
          give_all(rivals_[at]);
          frozen_[at] = true;
        } else {
          freeze_users_of(*next, at);
        }
      }
    }
  }

 private:
  void add_pace(const Rival& rival) {
    for (std::size_t r = 0; r < kResources; ++r) pace_.at(r) += rival.pace.at(r);
  }

  /// The scarce resource that is used up at the lowest level of the water.
  std::optional<std::size_t> runs_out_first() const {
    std::optional<std::size_t> first;
    for (std::size_t r = 0; r < kResources; ++r) {
      if (!scarce_.at(r) || pace_.at(r) == 0) continue;
      if (!first || runs_out_before(r, *first)) first = r;
    }
    return first;
  }

  bool runs_out_before(std::size_t a, std::size_t b) const {
    // Paces are sums of many: their products do not fit, quotients of whole units do.
    const auto level = [this](std::size_t r) {
      return (static_cast<Wide>(left_[r]) << kShareBits) / pace_.at(r);
    };
    return level(a) < level(b);
  }

  bool is_met(const Rival& rival, std::size_t next) const {
    const std::size_t own = rival.dominant;
    return static_cast<Wide>(rival.demand[own]) * pace_.at(next) <=
           static_cast<Wide>(left_[next]) * rival.pace.at(own);
  }

  void take(Rival& rival, std::size_t resource, std::uint64_t amount) {
    rival.given[resource] = std::min(amount, rival.demand[resource]);
    if (!scarce_.at(resource)) return;
    rival.given[resource] = std::min(rival.given[resource], left_[resource]);
    left_[resource] -= rival.given[resource];
  }

  void give_all(Rival& rival) {
    for (std::size_t r = 0; r < kResources; ++r) {
      take(rival, r, rival.demand[r]);
      pace_.at(r) -= rival.pace.at(r);
    }
  }

  /// Everybody who needs `resource` gets no further than the water is when it is used up.
  void freeze_users_of(std::size_t resource, std::size_t from) {
    const Wide level_amount = left_[resource];
    const Wide level_pace = pace_.at(resource);
    for (std::size_t at = from; at < rivals_.size(); ++at) {
      Rival& rival = rivals_[at];
      if (frozen_[at] || rival.pace.at(resource) == 0) continue;
      const Wide own = static_cast<Wide>(left_[resource]) * rival.pace.at(resource);
      const auto part = static_cast<std::uint64_t>(own / pace_.at(resource));
      for (std::size_t r = 0; r < kResources; ++r) {
        const Wide other = (level_amount * rival.pace.at(r) + level_pace - 1) / level_pace;
        take(rival, r, r == resource ? part : static_cast<std::uint64_t>(other));
        pace_.at(r) -= rival.pace.at(r);
      }
      frozen_[at] = true;
    }
    give_crumbs(resource, from);
  }

  /// What rounding has left of a resource that is used up: a few units.
  void give_crumbs(std::size_t resource, std::size_t from) {
    for (std::size_t at = from; at < rivals_.size() && left_[resource] > 0; ++at) {
      Rival& rival = rivals_[at];
      if (rival.pace.at(resource) == 0) continue;
      const std::uint64_t more =
          std::min(left_[resource], rival.demand[resource] - rival.given[resource]);
      rival.given[resource] += more;
      left_[resource] -= more;
    }
  }

  std::span<Rival> rivals_;
  Amounts left_;
  std::array<bool, kResources> scarce_{};
  std::array<Wide, kResources> pace_{};
  std::vector<bool> frozen_;
};

void prepare(Rival& rival, const Amounts& bound) {
  rival.given = {};
  rival.demand = fit(rival.demand, bound);
  rival.dominant = dominant_of(rival.demand, bound);
  const std::uint64_t most = rival.demand[rival.dominant];
  for (std::size_t r = 0; r < kResources; ++r) {
    // weight * demand / share, where share = most / bound: the bound falls out of the dominant one.
    rival.pace.at(r) =
        most == 0 ? 0
                  : static_cast<std::uint64_t>(static_cast<Wide>(rival.weight) * rival.demand[r] *
                                               bound[rival.dominant] / most);
  }
}

}  // namespace

Amounts fit(const Amounts& demand, const Amounts& bound) {
  const std::size_t worst = dominant_of(demand, bound);
  if (demand[worst] <= bound[worst]) return demand;
  Amounts fitted;
  for (std::size_t r = 0; r < kResources; ++r) {
    // Rounded up: of what is wanted there must be something, or the rest would be cut to nothing.
    const Wide exact = static_cast<Wide>(demand[r]) * bound[worst];
    fitted[r] = static_cast<std::uint64_t>((exact + demand[worst] - 1) / demand[worst]);
  }
  return fitted;
}

void share_out(std::vector<Rival>& rivals, const Amounts& bound) {
  for (Rival& rival : rivals) prepare(rival, bound);
  std::ranges::sort(rivals, is_met_before);
  Filling(rivals, bound).run();
}

}  // namespace pagefare::fair
