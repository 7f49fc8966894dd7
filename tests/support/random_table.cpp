// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "controller/core/simulate/dice.h"

namespace pagefare::test {
namespace {

using simulate::Dice;
using steer::Engine;

/// Universal scalability law, in GB/s.
struct Curve {
  double one;         ///< one worker
  double contention;  ///< share of the work that is serial
  double coherence;   ///< cost of each pair of workers
  double at(double n) const {
    return one * n / (1.0 + contention * (n - 1.0) + coherence * n * (n - 1.0));
  }
};

double log_uniform(Dice& dice, double from, double to) {
  return from * std::pow(to / from, dice.uniform());
}

Curve random_curve(Dice& dice, double one) {
  return {one, log_uniform(dice, 0.01, 0.5), log_uniform(dice, 1e-4, 0.02)};
}

/// The same machine with larger calls: faster, and it scales further.
Curve grown(const Curve& curve, double doublings, Dice& dice) {
  const double wobble = std::exp(0.1 * dice.normal());
  return {curve.one * std::pow(1.15, doublings) * wobble,
          curve.contention * std::pow(0.85, doublings),
          curve.coherence * std::pow(0.75, doublings) * std::exp(0.2 * dice.normal())};
}

/// Where an engine peaks: some doubling of workers below its last.
std::uint32_t random_peak(std::uint32_t most, Dice& dice) {
  return static_cast<std::uint32_t>(dice.below(std::bit_width(std::max(most, 1U))));
}

double odd(Oddity oddity, double rate, const Curve& curve, std::uint32_t workers,
           std::uint32_t most, std::uint32_t peak, Dice& dice) {
  const auto doublings = static_cast<std::uint32_t>(std::bit_width(workers) - 1);
  switch (oddity) {
    case Oddity::kBumpy:
      return rate * std::exp(0.2 * dice.normal());
    case Oddity::kFlatThenUp:
      return workers == most ? 1.7 * curve.one : curve.one * (1.0 + 0.02 * std::log2(workers));
    case Oddity::kKernelBest:
      return curve.one * 0.8 / (1.0 + 0.1 * workers);
    case Oddity::kTies:
      return std::min(rate, curve.at(4.0));
    case Oddity::kZigzag:
      return doublings % 2 == 1 ? rate * 0.67 : rate;
    case Oddity::kPeak:
      return 2.0 * curve.one *
             std::pow(0.75, std::abs(static_cast<double>(doublings) - static_cast<double>(peak)));
    case Oddity::kNone:
    case Oddity::kHoles:
    case Oddity::kDmaFlips:
    case Oddity::kUnrelated:
    case Oddity::kNoKernel:
      break;
  }
  return rate;
}

}  // namespace

simulate::Table random_table(Oddity oddity, std::uint64_t seed) {
  Dice dice(seed);
  simulate::Table table{"random", {}, {}};
  Curve threads = random_curve(dice, log_uniform(dice, 0.8, 10.0));
  Curve channels = random_curve(dice, threads.one * log_uniform(dice, 0.25, 2.0));
  const std::uint32_t most_threads = 4U << dice.below(4);
  const std::uint32_t most_channels = dice.below(2) == 0 ? 0 : 1U << dice.below(6);
  const std::size_t classes = 1 + dice.below(12);
  const std::uint64_t folio_bytes = 4096ULL << dice.below(10);
  const bool peaks = oddity == Oddity::kPeak;
  const std::uint32_t thread_peak = peaks ? random_peak(most_threads, dice) : 0;
  const std::uint32_t channel_peak = peaks ? random_peak(most_channels, dice) : 0;
  for (std::size_t i = 0; i < classes; ++i) {
    if (oddity == Oddity::kUnrelated) {
      threads = random_curve(dice, threads.one);
      channels = random_curve(dice, threads.one * log_uniform(dice, 0.25, 2.0));
    }
    const auto doublings = static_cast<double>(i);
    const std::uint64_t folios = (65536 / std::min<std::uint64_t>(folio_bytes, 65536)) << i;
    const Curve here = grown(threads, doublings, dice);
    Curve dma = grown(channels, doublings, dice);
    dma.one *= oddity == Oddity::kDmaFlips ? log_uniform(dice, 0.3, 3.0) : 1.0;
    const auto add = [&](steer::Setting setting, double gbps) {
      if (oddity != Oddity::kHoles || dice.below(3) != 0) {
        table.rows.push_back({setting, folio_bytes, folios, gbps});
      }
    };
    const double kernel = oddity == Oddity::kKernelBest ? 1.1 : log_uniform(dice, 0.8, 1.3);
    if (oddity != Oddity::kNoKernel) {
      add(steer::kUnmodified, here.one * kernel);
    }
    for (std::uint32_t n = 1; n <= most_threads; n *= 2) {
      add({Engine::kThreads, n}, odd(oddity, here.at(n), here, n, most_threads, thread_peak, dice));
    }
    for (std::uint32_t n = 1; n <= most_channels; n *= 2) {
      add({Engine::kDma, n}, odd(oddity, dma.at(n), dma, n, most_channels, channel_peak, dice));
    }
    if (table.rows.empty() || table.rows.back().folios != folios) {
      table.rows.push_back({{Engine::kThreads, 1}, folio_bytes, folios, here.one});
    }
  }
  return table;
}

}  // namespace pagefare::test
