// SPDX-License-Identifier: Apache-2.0
// What is believed about one class of copies: the logarithm of its throughput (GB/s) at every
// setting, jointly normal. One measurement at one setting teaches about all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "controller/core/steer/law.h"

namespace pagefare::steer {

class Belief {
 public:
  Belief() = default;
  Belief(std::vector<double> mean, Matrix covariance);

  std::size_t size() const { return mean_.size(); }
  double mean(std::size_t setting) const { return mean_[setting]; }
  double covariance(std::size_t a, std::size_t b) const { return covariance_[a * size() + b]; }
  double variance(std::size_t setting) const { return covariance(setting, setting); }
  /// Variance of the difference between two settings.
  double gap_variance(std::size_t a, std::size_t b) const;
  std::uint32_t samples(std::size_t setting) const { return samples_[setting]; }

  /// Takes in one measured log rate whose own noise has this variance.
  void observe(std::size_t setting, double log_rate, double noise_variance);
  /// Makes everything less certain by `scale` times this covariance.
  void loosen(const Matrix& covariance, double scale);
  /// Makes one setting less certain by this variance, as something of its own.
  void loosen_one(std::size_t setting, double variance) {
    covariance_[setting * size() + setting] += variance;
  }
  /// The samples taken so far no longer speak for the present machine or class.
  void forget_samples();

 private:
  std::vector<double> mean_;
  Matrix covariance_;
  std::vector<std::uint32_t> samples_;
};

}  // namespace pagefare::steer
