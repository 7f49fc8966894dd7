// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/outlook.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pagefare::steer {
namespace {

constexpr double kMemory = 0.7;  ///< weight of what the mix was
constexpr double kLeastShare = 0.005;
constexpr double kUnlike = 0.3;  ///< half the sum of differences of shares
constexpr double kEntirelyUnlike = 0.75;
constexpr std::uint32_t kUnlikePeriods = 2;

double unlikeness(const std::map<CopyClass, double>& a, const std::map<CopyClass, double>& b) {
  double sum = 0.0;
  for (const auto& [copy_class, share] : a) {
    const auto other = b.find(copy_class);
    sum += std::abs(share - (other == b.end() ? 0.0 : other->second));
  }
  for (const auto& [copy_class, share] : b) {
    sum += a.contains(copy_class) ? 0.0 : share;
  }
  return sum / 2.0;
}

std::map<CopyClass, double> normalised(std::map<CopyClass, double> shares) {
  double total = 0.0;
  for (const auto& [copy_class, share] : shares) {
    total += share;
  }
  std::erase_if(shares, [&](const auto& entry) { return entry.second < kLeastShare * total; });
  total = 0.0;
  for (const auto& [copy_class, share] : shares) {
    total += share;
  }
  for (auto& [copy_class, share] : shares) {
    share /= total;
  }
  return shares;
}

}  // namespace

bool Mix::update(const std::map<CopyClass, double>& bytes, bool novel) {
  const std::map<CopyClass, double> now = normalised(bytes);
  if (now.empty()) {
    return false;
  }
  const double unlike = unlikeness(now, shares_);
  unlike_periods_ = unlike > kUnlike ? unlike_periods_ + 1 : 0;
  const bool other = unlike > kEntirelyUnlike;
  if (shares_.empty() || (other && novel) || unlike_periods_ >= kUnlikePeriods) {
    shares_ = now;
    unlike_periods_ = 0;
    return true;
  }
  if (other) {
    return false;
  }
  std::map<CopyClass, double> blend;
  for (const auto& [copy_class, share] : shares_) {
    blend[copy_class] += kMemory * share;
  }
  for (const auto& [copy_class, share] : now) {
    blend[copy_class] += (1.0 - kMemory) * share;
  }
  shares_ = normalised(std::move(blend));
  return false;
}

Outlook::Outlook(const Knowledge& knowledge, const Mix& mix)
    : noise_variance_(knowledge.noise_variance()) {
  const std::size_t n = knowledge.space().size();
  std::vector<double> time(n, 0.0);
  cpu_s_per_gb_.assign(n, 0.0);
  samples_.assign(n, std::numeric_limits<double>::infinity());
  for (const auto& [copy_class, share] : mix.shares()) {
    const ClassKnowledge* known = knowledge.find(copy_class);
    if (known == nullptr) {
      continue;
    }
    Part part{&known->belief, std::vector<double>(n)};
    for (std::size_t i = 0; i < n; ++i) {
      part.time_share[i] = share * std::exp(-known->belief.mean(i));
      time[i] += part.time_share[i];
      cpu_s_per_gb_[i] += part.time_share[i] * knowledge.busy_cpus(copy_class, i);
      samples_[i] = std::min(samples_[i], static_cast<double>(known->belief.samples(i)));
    }
    parts_.push_back(std::move(part));
  }
  log_rate_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    log_rate_[i] = -std::log(time[i]);
    for (Part& part : parts_) {
      part.time_share[i] /= time[i];
    }
  }
}

double Outlook::busy_cpus(std::size_t setting) const {
  return cpu_s_per_gb_[setting] * std::exp(log_rate_[setting]);
}

Gap Outlook::gap(std::size_t setting, std::size_t reference) const {
  Gap gap{log_rate_[setting] - log_rate_[reference], 0.0};
  if (setting == reference) {
    return gap;
  }
  for (const Part& part : parts_) {
    const double a = part.time_share[setting];
    const double b = part.time_share[reference];
    gap.variance += a * a * part.belief->variance(setting) +
                    b * b * part.belief->variance(reference) -
                    2.0 * a * b * part.belief->covariance(setting, reference);
  }
  gap.variance = std::max(gap.variance, 0.0);
  return gap;
}

double Outlook::learnable(std::size_t setting, std::size_t reference, double periods) const {
  double shared = 0.0;    // covariance of the measurement with the gap
  double measured = 0.0;  // variance of the measurement
  for (const Part& part : parts_) {
    const double a = part.time_share[setting];
    const double b = part.time_share[reference];
    const double variance = part.belief->variance(setting);
    shared += a * (a * variance - b * part.belief->covariance(setting, reference));
    measured += a * a * (variance + noise_variance_ / periods);
  }
  return measured > 0.0 ? shared * shared / measured : 0.0;
}

}  // namespace pagefare::steer
