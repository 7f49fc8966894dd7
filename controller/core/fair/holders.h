// SPDX-License-Identifier: Apache-2.0
// Which budget a cgroup lives on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/fair/budget.h"
#include "controller/core/fair/glob.h"

namespace pagefare::fair {

/// A cgroup that holds a budget.
struct Holder {
  std::string path;
  std::size_t budget = 0;  ///< index into Policy::budgets
  bool operator==(const Holder&) const = default;
};

/// The budgets of a policy, ready to be looked up by path.
class Holders {
 public:
  /// Precondition: every match of `budgets` is a glob without fault.
  explicit Holders(const std::vector<Budget>& budgets);

  /// The holders on the way to `path`, the outermost first; the last one is whose budget the cgroup
  /// lives on. Empty for a cgroup that no budget matches.
  std::vector<Holder> on_the_way_to(std::string_view path) const;

  /// Every budget whose glob matches exactly this path, the most specific first.
  std::vector<std::size_t> matching(std::string_view path) const;

 private:
  bool is_more_specific(std::size_t a, std::size_t b) const;
  std::optional<std::size_t> best_of(const GlobSet::Places& places) const;

  GlobSet globs_;
  std::vector<Specificity> specificity_;
};

}  // namespace pagefare::fair
