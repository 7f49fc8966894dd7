// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/brief_cgroups.h"

#include <algorithm>

namespace pagefare {

std::optional<std::string> BriefCgroups::ancestor(CgroupId id) const {
  if (births_ == nullptr) return std::nullopt;
  std::optional<CgroupId> above = births_->parent(id);
  for (int level = 0; above && level < kMostLevels; ++level) {
    if (auto path = names_.path(*above)) return path;
    above = births_->parent(*above);
  }
  return std::nullopt;
}

std::vector<CgroupId> BriefCgroups::take_old(std::uint64_t period) {
  std::uint64_t oldest = period > kStay ? period - kStay : 0;
  if (seen_.size() > kMost) {
    std::vector<std::uint64_t> periods;
    periods.reserve(seen_.size());
    for (const auto& [id, last] : seen_) periods.push_back(last);
    const auto kept = periods.end() - static_cast<std::ptrdiff_t>(kMost);
    std::ranges::nth_element(periods, kept);
    oldest = std::max(oldest, *kept);
  }
  std::vector<CgroupId> old;
  std::erase_if(seen_, [&](const auto& entry) {
    const bool goes = entry.second < oldest;
    if (goes) old.push_back(entry.first);
    return goes;
  });
  return old;
}

}  // namespace pagefare
