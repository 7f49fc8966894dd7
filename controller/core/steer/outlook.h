// SPDX-License-Identifier: Apache-2.0
// The whole mix at once: knobs are global, so a setting is judged by the time that all bytes of
// the present mix would need under it.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "controller/core/steer/knowledge.h"

namespace pagefare::steer {

/// Which classes are being copied, by share of bytes.
class Mix {
 public:
  /// Takes in the bytes of one period. True when the mix became a different one: at once when
  /// classes took over that were never seen (`novel`), else when it has been so for two periods.
  /// One period of other classes that were seen before is a stray and leaves the mix as it is.
  bool update(const std::map<CopyClass, double>& bytes, bool novel);
  const std::map<CopyClass, double>& shares() const { return shares_; }

 private:
  std::map<CopyClass, double> shares_;
  std::uint32_t unlike_periods_ = 0;
};

/// The difference between two settings for the mix: mean and variance of log throughput.
struct Gap {
  double mean = 0.0;
  double variance = 0.0;
};

/// Predictions for one mix at every setting.
class Outlook {
 public:
  Outlook(const Knowledge& knowledge, const Mix& mix);

  std::size_t size() const { return log_rate_.size(); }
  double log_rate(std::size_t setting) const { return log_rate_[setting]; }
  double cpu_s_per_gb(std::size_t setting) const { return cpu_s_per_gb_[setting]; }
  double busy_cpus(std::size_t setting) const;
  double samples(std::size_t setting) const { return samples_[setting]; }
  Gap gap(std::size_t setting, std::size_t reference) const;
  /// Variance of what `periods` measurements at `setting` would move gap(setting, reference).mean
  /// by: at most that gap's variance.
  double learnable(std::size_t setting, std::size_t reference, double periods) const;

 private:
  struct Part {
    const Belief* belief;
    std::vector<double> time_share;  ///< of the mix's time, per setting
  };
  double noise_variance_;
  std::vector<Part> parts_;
  std::vector<double> log_rate_;
  std::vector<double> cpu_s_per_gb_;
  std::vector<double> samples_;  ///< of the part that was sampled least
};

}  // namespace pagefare::steer
