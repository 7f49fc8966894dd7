// SPDX-License-Identifier: Apache-2.0
#include "exporter/histogram_families.h"

#include <array>
#include <cstddef>
#include <map>
#include <ratio>
#include <string_view>

namespace pagefare {
namespace {

/// Bounds as powers of two. Nanoseconds: from 1 us to 4.3 s, each four times the one before.
constexpr std::array<std::size_t, 12> kCpuBounds{10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32};
/// Base pages: single folios apart, a huge page of 4 KiB pages (512), the largest batches.
constexpr std::array<std::size_t, 12> kSizeBounds{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14};

/// Cumulative, with the rest at infinity. A merged bucket's bound is one of the kernel's, so that
/// nothing has to be guessed.
template <std::size_t Bounds, std::size_t Buckets>
std::array<HistogramBucket, Bounds + 1> merged(const std::array<std::uint64_t, Buckets>& counts,
                                               const std::array<std::size_t, Bounds>& bounds,
                                               double unit) {
  static_assert(Buckets <= 64, "a bound is a power of two in 64 bits");
  std::array<HistogramBucket, Bounds + 1> buckets;
  std::uint64_t sum = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < Bounds; ++i) {
    for (; next <= bounds[i]; ++next) {
      sum += counts[next];
    }
    buckets[i] = {static_cast<double>(std::uint64_t{1} << bounds[i]) / unit, sum};
  }
  for (; next < Buckets; ++next) {
    sum += counts[next];
  }
  buckets[Bounds].cumulative = sum;
  return buckets;
}

}  // namespace

void add_call_histograms(FamilySet& set, const Snapshot& snapshot) {
  // Reasons that this build does not know share one name, so they must share one series.
  std::map<std::string_view, CallHistograms> by_name;
  for (const auto& [reason, histograms] : snapshot.call_histograms) {
    by_name[name(reason)] += histograms;
  }
  for (const auto& [reason, histograms] : by_name) {
    set.add(Metric::kCallLatency,
            HistogramSample{merged(histograms.by_cpu, kCpuBounds, std::nano::den),
                            static_cast<double>(histograms.cpu.count()) / std::nano::den},
            {reason});
    set.add(Metric::kCallSize,
            HistogramSample{merged(histograms.by_pages, kSizeBounds, 1),
                            static_cast<double>(histograms.pages.value)},
            {reason});
  }
}

}  // namespace pagefare
