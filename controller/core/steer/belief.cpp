// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/belief.h"

#include <algorithm>
#include <utility>

namespace pagefare::steer {

Belief::Belief(std::vector<double> mean, Matrix covariance)
    : mean_(std::move(mean)), covariance_(std::move(covariance)), samples_(mean_.size(), 0) {}

double Belief::gap_variance(std::size_t a, std::size_t b) const {
  return std::max(0.0, variance(a) + variance(b) - 2.0 * covariance(a, b));
}

void Belief::observe(std::size_t setting, double log_rate, double noise_variance) {
  const std::size_t n = size();
  const std::vector<double> column(
      covariance_.begin() + static_cast<std::ptrdiff_t>(setting * n),
      covariance_.begin() + static_cast<std::ptrdiff_t>((setting + 1) * n));
  const double surprise = log_rate - mean_[setting];
  const double total = column[setting] + noise_variance;
  for (std::size_t i = 0; i < n; ++i) {
    const double gain = column[i] / total;
    mean_[i] += gain * surprise;
    for (std::size_t j = 0; j < n; ++j) {
      covariance_[i * n + j] -= gain * column[j];
    }
  }
  ++samples_[setting];
}

void Belief::loosen(const Matrix& covariance, double scale) {
  for (std::size_t i = 0; i < covariance_.size(); ++i) {
    covariance_[i] += scale * covariance[i];
  }
}

void Belief::forget_samples() {
  std::ranges::fill(samples_, 0U);
}

}  // namespace pagefare::steer
