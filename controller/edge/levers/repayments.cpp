// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/repayments.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>

#include "controller/edge/levers/cpu_max.h"
#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

using fair::Outcome;

constexpr std::string_view kFile = "/cpu.max";
constexpr Nanoseconds kRespite = std::chrono::minutes(1);
constexpr int kMostForeignWrites = 3;
/// Each one is five files to read in every period, and a value in the journal.
constexpr std::size_t kMostDebtors = 512;

Hold unavailable(std::string why) {
  return {.outcome = Outcome::kUnavailable, .why = std::move(why)};
}

bool has_word(const std::string& text, std::string_view wanted) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == wanted) return true;
  }
  return false;
}

bool exists(const std::string& directory) {
  struct stat status{};
  return ::stat(directory.c_str(), &status) == 0;
}

}  // namespace

Repayments::Repayments(const CgroupHierarchy& hierarchy, HeldValues& values, MachineFiles& files,
                       fair::RepayTerms terms)
    : root_(hierarchy.path), values_(&values), files_(&files), terms_(terms) {}

std::string Repayments::why_not(const CgroupHierarchy& hierarchy) {
  const std::string& root = hierarchy.path;
  if (!hierarchy.memory_on_v2) {
    return "quotas are lowered on cgroup v2 only, and memory is on cgroup v1 here";
  }
  const auto passed_on = read_text_file(root + "/cgroup.subtree_control");
  if (!passed_on) return passed_on.error().message;
  if (!has_word(*passed_on, "cpu")) {
    return "the cpu controller is not on: echo +cpu >" + root + "/cgroup.subtree_control";
  }
  if (::access((root + "/cgroup.procs").c_str(), W_OK) != 0) {
    return root + " cannot be written: run as root, with the cgroup file system writable";
  }
  return {};
}

Repayments::Reading Repayments::read(const std::string& directory) {
  const std::string file = directory + std::string(kFile);
  Reading reading;
  const auto text = files_->read(file);
  if (!text) {
    if (!exists(directory)) {
      reading.hold = {.outcome = Outcome::kGone, .why = directory + " is gone"};
    } else {
      reading.hold = unavailable(file + ": " + std::generic_category().message(text.error()) +
                                 "; the cpu controller is not on for it");
    }
    return reading;
  }
  std::string full_text = *text;
  if (values_->find(file) != nullptr) {
    reading.hold = values_->check(file);
    if (reading.hold.outcome != Outcome::kApplied) return reading;
    full_text = values_->find(file)->original;
  }
  const auto full = parse_cpu_max(full_text);
  if (!full) {
    reading.hold = unavailable("it has no CPU quota, so nothing is spent beside one");
    return reading;
  }
  const auto usage = parse_usage(files_->read(directory + "/cpu.stat").value_or(""));
  if (!usage) {
    reading.hold = unavailable(directory + "/cpu.stat has no usage_usec");
    return reading;
  }
  reading.full = *full;
  reading.burst = parse_burst(files_->read(directory + "/cpu.max.burst").value_or(""));
  reading.usage = *usage;
  return reading;
}

Hold Repayments::leave_alone(Debtor& debtor, Hold why, Nanoseconds now) {
  ++debtor.foreign_writes;
  const bool for_good = debtor.foreign_writes >= kMostForeignWrites;
  debtor.debt = {};
  debtor.usage.reset();
  debtor.alone_until = for_good ? Nanoseconds::max() : now + kRespite;
  why.why += for_good ? "; left alone: that was the third time"
                      : "; its debt is dropped, and it is left alone for a minute";
  debtor.why_alone = why.why;
  return why;
}

Repayments::Collection Repayments::set_quota(const std::string& file, Debtor& debtor,
                                             const Reading& reading, Nanoseconds repaid,
                                             Nanoseconds now) {
  const auto quota = fair::lowered_quota(reading.full, debtor.debt, reading.burst, terms_);
  Collection collection{.collected = repaid};
  if (quota == reading.full) {
    collection.hold = values_->let_go(file);
    if (debtor.debt > Nanoseconds{} && collection.hold.outcome == Outcome::kApplied) {
      collection.hold =
          unavailable(file + ": \"" + cpu_max_text(reading.full) + "\" leaves nothing to take");
    }
  } else {
    collection.hold = values_->hold(file, {}, Comparison::kText, cpu_max_text(quota));
  }
  if (collection.hold.outcome == Outcome::kTheirs) {
    collection.hold = leave_alone(debtor, std::move(collection.hold), now);
  }
  collection.outstanding = debtor.debt;
  return collection;
}

Repayments::Collection Repayments::collect(const std::string& path, Nanoseconds beside,
                                           Nanoseconds now, Nanoseconds period) {
  const std::string directory = root_ + path;
  if (debtors_.size() >= kMostDebtors && !debtors_.contains(path)) {
    return {.hold = unavailable(std::to_string(kMostDebtors) + " cgroups repay already")};
  }
  Debtor& debtor = debtors_[path];
  if (debtor.alone_until && now < *debtor.alone_until) {
    return {.hold = {.outcome = Outcome::kTheirs, .why = debtor.why_alone}};
  }
  debtor.alone_until.reset();
  auto reading = read(directory);
  if (reading.hold.outcome == Outcome::kTheirs) {
    return {.hold = leave_alone(debtor, std::move(reading.hold), now)};
  }
  if (reading.hold.outcome != Outcome::kApplied) {
    if (reading.hold.outcome == Outcome::kGone) debtors_.erase(path);
    return {.hold = std::move(reading.hold)};
  }
  // What its own tasks used before it was first looked at is not known, and taken as nothing.
  const auto inside = debtor.usage ? reading.usage - *debtor.usage : Nanoseconds{};
  const auto elapsed = debtor.usage ? now - debtor.looked : period;
  debtor.usage = reading.usage;
  debtor.looked = now;
  const auto settled = fair::settle_debt(debtor.debt, reading.full, std::max(inside, Nanoseconds{}),
                                         beside, std::max(elapsed, Nanoseconds{}), terms_);
  debtor.debt = settled.debt;
  return set_quota(directory + std::string(kFile), debtor, reading, settled.repaid, now);
}

std::vector<Hold> Repayments::release_others(const std::vector<std::string>& wanted) {
  std::vector<Hold> failures;
  const auto is_wanted = [&](const std::string& path) {
    return std::ranges::binary_search(wanted, path);
  };
  for (const ChangedValue& value : values_->held(kFile)) {
    const auto directory = value.path.substr(0, value.path.size() - kFile.size());
    if (!value.path.starts_with(root_ + "/") || is_wanted(directory.substr(root_.size()))) continue;
    auto hold = values_->let_go(value.path);
    if (hold.outcome == Outcome::kFailed) failures.push_back(std::move(hold));
  }
  std::erase_if(debtors_, [&](const auto& entry) {
    const auto& [path, debtor] = entry;
    if (is_wanted(path)) return false;
    // One that is to be left alone stays known, so that letting go does not start it anew.
    return !debtor.alone_until || !exists(root_ + path);
  });
  return failures;
}

}  // namespace pagefare
