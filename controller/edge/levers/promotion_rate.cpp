// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/promotion_rate.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace pagefare {

namespace {

using fair::Outcome;

constexpr std::uint64_t kMost = 2147483647;  // the kernel keeps it as an int

std::uint64_t number(const std::string& text) {
  std::uint64_t value = kMost;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string file_of(const Roots& roots) {
  return roots.proc + "/sys/kernel/numa_balancing_promote_rate_limit_MBps";
}

}  // namespace

PromotionRate::PromotionRate(const Roots& roots, HeldValues& values, MachineFiles& files)
    : roots_(roots), path_(file_of(roots)), values_(&values), files_(&files) {}

std::string PromotionRate::why_not(const Roots& roots) {
  const auto path = file_of(roots);
  if (::access(path.c_str(), F_OK) != 0) {
    return path + " is missing: Linux 6.1 or newer, built with NUMA balancing";
  }
  if (::access(path.c_str(), W_OK) != 0) return path + " cannot be written: run as root";
  return {};
}

Hold PromotionRate::set(std::optional<std::uint64_t> mbps) {
  if (!mbps) return values_->let_go(path_);
  if (auto why = why_not(roots_); !why.empty()) {
    return {.outcome = Outcome::kUnavailable, .why = std::move(why)};
  }
  const auto text = files_->read(path_);
  if (!why_theirs_.empty() && text && *text != found_) {
    return {.outcome = Outcome::kTheirs, .why = why_theirs_, .reads = *text};
  }
  why_theirs_.clear();
  const ChangedValue* held = values_->find(path_);
  found_ = held != nullptr ? held->original : text.value_or("");
  const auto wanted = std::min(*mbps, kMost);
  if (wanted >= number(found_) && held == nullptr) return {.outcome = Outcome::kApplied};
  auto hold = values_->hold(path_, {}, Comparison::kNumber,
                            std::to_string(std::min(wanted, number(found_))));
  if (hold.outcome == Outcome::kTheirs) why_theirs_ = hold.why;
  return hold;
}

}  // namespace pagefare
