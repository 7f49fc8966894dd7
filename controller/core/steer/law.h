// SPDX-License-Identifier: Apache-2.0
// The scalability law: how the rates of settings hang together before any was tried.
//
// The logarithm of throughput is quadratic in log2(workers): a slope (1 bit of rate per bit of
// workers at best), a curvature (contention and coherence bend it down), an offset per engine, and
// deviations of single settings. Each coefficient is normally distributed, so that a law fitted to
// a few settings predicts the others together with how sure that is.
#pragma once

#include <vector>

#include "controller/core/steer/setting.h"

namespace pagefare::steer {

/// Standard deviations, in natural logarithms of throughput.
struct Spread {
  double level;      ///< of everything together
  double kernel;     ///< the unmodified kernel against one thread
  double dma;        ///< the DMA engine against the CPU
  double slope;      ///< per doubling of workers
  double curve;      ///< per squared doubling
  double bump;       ///< smooth departures from the law, shared by neighbouring counts
  double deviation;  ///< of one setting alone
};

/// A symmetric matrix over the settings of one space, row by row.
using Matrix = std::vector<double>;

Matrix covariance(const SettingSpace& space, const Spread& spread);

/// What is expected of any machine: workers help, each doubling less than the one before.
std::vector<double> expected_shape(const SettingSpace& space);

/// The four uses of the law, as matrices over one space.
struct Law {
  std::vector<double> shape;
  Matrix unknown;   ///< nothing is known yet
  Matrix unlike;    ///< per unit of distance between two classes
  Matrix drift;     ///< what a period makes uncertain
  Matrix upheaval;  ///< per unit of a sudden, unexplained change, squared
};

Law make_law(const SettingSpace& space);

}  // namespace pagefare::steer
