// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/appetite.h"

#include <algorithm>

#include "controller/core/fair/wide.h"

namespace pagefare::fair {
namespace {

std::uint64_t at_most_unlimited(Wide amount) {
  return amount > kUnlimited ? kUnlimited : static_cast<std::uint64_t>(amount);
}

Amounts times(const Amounts& amounts, std::uint64_t factor, std::uint64_t divisor) {
  Amounts product;
  for (std::size_t r = 0; r < kResources; ++r) {
    product[r] = at_most_unlimited(static_cast<Wide>(amounts[r]) * factor / divisor);
  }
  return product;
}

Amounts larger_of(const Amounts& a, const Amounts& b) {
  Amounts larger;
  for (std::size_t r = 0; r < kResources; ++r) larger[r] = std::max(a[r], b[r]);
  return larger;
}

/// `use`, made larger in all its parts alike until one of them is the whole capacity.
Amounts stretched(const Amounts& use, const Amounts& capacity) {
  Amounts stretched = use;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (capacity[r] >= kUnlimited || use[r] == 0 || stretched[r] >= capacity[r]) continue;
    stretched = larger_of(stretched, times(use, capacity[r], use[r]));
  }
  return stretched;
}

}  // namespace

bool Appetite::used_what_was_expected(const Amounts& used) const {
  for (std::size_t r = 0; r < kResources; ++r) {
    if (used[r] > 0 && static_cast<Wide>(used[r]) * 10 >= static_cast<Wide>(expected_[r]) * 9) {
      return true;
    }
  }
  return false;
}

bool Appetite::has_grown(const Amounts& used) const {
  for (std::size_t r = 0; r < kResources; ++r) {
    if (used[r] > direction_[r] + direction_[r] / 8) return true;
  }
  return false;
}

bool Appetite::is_short(const Amounts& used) const {
  for (std::size_t r = 0; r < kResources; ++r) {
    if (used[r] < expected_[r] - expected_[r] / 7) return true;
  }
  return false;
}

void Appetite::take(const Meal& meal) {
  const bool gated = meal.gated;
  refused_ = gated && meal.refusals > 0;
  wish_ = refused_ ? larger_of(wish_, meal.used) : meal.used;
  const bool not_disproved = presumed_ && !meal.had_room && !meal.used.is_zero();
  const bool responds = meal.others_held && has_grown(meal.used);
  presumed_ =
      meal.contended && !gated && (used_what_was_expected(meal.used) || not_disproved || responds);
  // A drop to nothing is believed at once, any other only slowly: others may have caused it.
  const bool gone = meal.used.is_zero();
  known_ = larger_of(times(wish_, 9, 8), times(known_, gone ? 16 : 63, 64));
  expected_ = presumed_ ? larger_of(known_, times(meal.used, kPresumed, 1)) : known_;
  starved_ = !gated && !gone && is_short(meal.used);
  if (!gone) direction_ = meal.used;
}

Amounts Appetite::demand(const Amounts& capacity) const {
  if (!refused_) return expected_;
  return direction_.is_zero() ? capacity : larger_of(expected_, stretched(direction_, capacity));
}

}  // namespace pagefare::fair
