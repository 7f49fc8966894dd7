// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/law.h"

#include <bit>
#include <cmath>

namespace pagefare::steer {
namespace {

// Not fitted to any platform: a doubling of workers is worth between nothing and a doubling of
// rate, engines differ by factors of a few, and a class is like its neighbours.
constexpr Spread kUnknown{3.0, 0.25, 0.7, 0.25, 0.05, 0.15, 0.10};
constexpr Spread kUnlike{0.4, 0.15, 0.25, 0.12, 0.02, 0.10, 0.12};
constexpr Spread kDrift{0.008, 0.002, 0.006, 0.0005, 0.0001, 0.001, 0.001};
constexpr Spread kUpheaval{0.9, 0.3, 0.7, 0.12, 0.02, 0.1, 0.05};

constexpr double kExpectedSlope = 0.45;
constexpr double kExpectedCurve = -0.04;

double doublings(Setting setting) {
  return setting.workers == 0 ? 0.0 : static_cast<double>(std::bit_width(setting.workers) - 1);
}

bool same_family(Setting a, Setting b) {
  return (a.engine == Engine::kDma) == (b.engine == Engine::kDma);
}

double covariance(Setting a, Setting b, const Spread& spread) {
  double sum = spread.level * spread.level;
  if (a.engine == Engine::kKernel && b.engine == Engine::kKernel) {
    sum += spread.kernel * spread.kernel;
  }
  if (a.engine == Engine::kDma && b.engine == Engine::kDma) {
    sum += spread.dma * spread.dma;
  }
  if (same_family(a, b)) {
    const double x = doublings(a);
    const double y = doublings(b);
    sum += spread.slope * spread.slope * x * y;
    sum += spread.curve * spread.curve * x * x * y * y;
    sum += spread.bump * spread.bump * std::exp(-0.5 * (x - y) * (x - y));
  }
  if (a == b) {
    sum += spread.deviation * spread.deviation;
  }
  return sum;
}

}  // namespace

Matrix covariance(const SettingSpace& space, const Spread& spread) {
  const std::size_t n = space.size();
  Matrix matrix(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      matrix[i * n + j] = covariance(space.at(i), space.at(j), spread);
    }
  }
  return matrix;
}

std::vector<double> expected_shape(const SettingSpace& space) {
  std::vector<double> shape;
  for (const Setting setting : space.all()) {
    const double x = doublings(setting);
    shape.push_back(kExpectedSlope * x + kExpectedCurve * x * x);
  }
  return shape;
}

Law make_law(const SettingSpace& space) {
  return {expected_shape(space), covariance(space, kUnknown), covariance(space, kUnlike),
          covariance(space, kDrift), covariance(space, kUpheaval)};
}

}  // namespace pagefare::steer
