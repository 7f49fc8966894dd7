// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/holders.h"

#include <algorithm>

namespace pagefare::fair {

Holders::Holders(const std::vector<Budget>& budgets) {
  specificity_.reserve(budgets.size());
  for (const Budget& budget : budgets) {
    globs_.add(budget.match, static_cast<std::uint32_t>(specificity_.size()));
    specificity_.push_back(specificity_of(budget.match));
  }
}

bool Holders::is_more_specific(std::size_t a, std::size_t b) const {
  return specificity_[a] != specificity_[b] ? specificity_[a] > specificity_[b] : a < b;
}

std::optional<std::size_t> Holders::best_of(const GlobSet::Places& places) const {
  std::optional<std::size_t> best;
  for (const std::uint32_t budget : globs_.matching(places)) {
    if (!best || is_more_specific(budget, *best)) best = budget;
  }
  return best;
}

std::vector<Holder> Holders::on_the_way_to(std::string_view path) const {
  std::vector<Holder> holders;
  GlobSet::Places places = globs_.root();
  for (const std::string_view component : components_of(path)) {
    places = globs_.step(places, component);
    if (places.empty()) break;
    const auto best = best_of(places);
    // A child is no holder by the budget that its parent lives on, nor by a less specific one: new
    // children would add to what a tenant may do.
    if (!best ||
        (!holders.empty() && !(specificity_[*best] > specificity_[holders.back().budget]))) {
      continue;
    }
    const auto end = static_cast<std::size_t>(component.data() + component.size() - path.data());
    holders.push_back({.path = std::string(path.substr(0, end)), .budget = *best});
  }
  return holders;
}

std::vector<std::size_t> Holders::matching(std::string_view path) const {
  GlobSet::Places places = globs_.root();
  for (const std::string_view component : components_of(path)) {
    places = globs_.step(places, component);
  }
  std::vector<std::size_t> budgets;
  for (const std::uint32_t budget : globs_.matching(places)) budgets.push_back(budget);
  std::ranges::sort(budgets, [this](auto a, auto b) { return is_more_specific(a, b); });
  return budgets;
}

}  // namespace pagefare::fair
