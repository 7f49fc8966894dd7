// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/copier_limits.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

namespace pagefare {

namespace {

constexpr std::string_view kTable = "/module/pagefare_copy/parameters/limits";
constexpr std::string_view kAlone = "1";

std::string table_of(const Roots& roots) {
  return roots.sys + std::string(kTable);
}

}  // namespace

CopierLimits::CopierLimits(const Roots& roots, CgroupHierarchy hierarchy, HeldValues& values)
    : roots_(roots), hierarchy_(std::move(hierarchy)), path_(table_of(roots)), values_(&values) {}

std::string CopierLimits::why_not(const Roots& roots, const CgroupHierarchy& hierarchy) {
  const auto path = table_of(roots);
  if (!hierarchy.memory_on_v2) {
    return "the copy module knows cgroup v2 only, and memory is on cgroup v1 here";
  }
  if (::access(path.c_str(), F_OK) != 0) {
    return "the module pagefare_copy is not loaded: modprobe pagefare_copy";
  }
  if (::access(path.c_str(), W_OK) != 0) return path + " cannot be written: run as root";
  return {};
}

Hold CopierLimits::limit(CgroupId cgroup) {
  if (auto why = why_not(roots_, hierarchy_); !why.empty()) {
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
