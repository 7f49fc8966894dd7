// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/copier_limits.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace pagefare {

namespace {

constexpr std::string_view kTable = "/module/pagefare_copy/parameters/limits";
constexpr std::string_view kAlone = "1";

}  // namespace

CopierLimits::CopierLimits(const Roots& roots, const CgroupHierarchy& hierarchy, HeldValues& values)
    : path_(roots.sys + std::string(kTable)), on_v2_(hierarchy.memory_on_v2), values_(&values) {}

std::string CopierLimits::why_not() const {
  if (!on_v2_) return "the copy module knows cgroup v2 only, and memory is on cgroup v1 here";
  if (::access(path_.c_str(), F_OK) != 0) {
    return "the module pagefare_copy is not loaded: modprobe pagefare_copy";
  }
  if (::access(path_.c_str(), W_OK) != 0) return path_ + " cannot be written: run as root";
  return {};
}

Hold CopierLimits::limit(CgroupId cgroup) {
  if (auto why = why_not(); !why.empty()) {
    return {.outcome = fair::Outcome::kUnavailable, .why = std::move(why)};
  }
  const auto row = std::to_string(cgroup.value);
  if (!why_full_.empty() && values_->find(path_, row) == nullptr) {
    return {.outcome = fair::Outcome::kFailed, .why = why_full_};
  }
  auto hold = values_->hold(path_, row, Comparison::kNumber, std::string(kAlone));
  // The module went away between the two: there is no lever, the cgroup is well.
  if (hold.outcome == fair::Outcome::kGone) hold.outcome = fair::Outcome::kUnavailable;
  if (hold.write_error == ENOSPC) why_full_ = hold.why;
  return hold;
}

std::vector<Hold> CopierLimits::release_others(const std::vector<CgroupId>& wanted) {
  why_full_.clear();
  std::vector<Hold> failures;
  for (const ChangedValue& value : values_->held(kTable)) {
    CgroupId cgroup;
    std::from_chars(value.row.data(), value.row.data() + value.row.size(), cgroup.value);
    if (std::ranges::binary_search(wanted, cgroup)) continue;
    auto hold = values_->let_go(value.path, value.row);
    if (hold.outcome == fair::Outcome::kFailed) failures.push_back(std::move(hold));
  }
  return failures;
}

}  // namespace pagefare
