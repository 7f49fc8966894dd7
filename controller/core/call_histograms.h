// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "controller/core/quantity.h"

namespace pagefare {

inline constexpr std::size_t kCallCpuBuckets = 36;
inline constexpr std::size_t kCallSizeBuckets = 20;

/// How long calls of migrate_pages() took and how large they were. Bucket i counts calls of more
/// than 2^(i-1) and at most 2^i; the first one those of 0 too, the last one all larger ones too.
/// Calls whose start was not seen are in neither histogram.
struct CallHistograms {
  std::array<std::uint64_t, kCallCpuBuckets> by_cpu{};     ///< nanoseconds on CPU inside the call
  std::array<std::uint64_t, kCallSizeBuckets> by_pages{};  ///< base pages, migrated or failed
  Nanoseconds cpu{};
  Pages pages;

  constexpr CallHistograms& operator+=(const CallHistograms& other) {
    for (std::size_t i = 0; i < by_cpu.size(); ++i) {
      by_cpu[i] += other.by_cpu[i];
    }
    for (std::size_t i = 0; i < by_pages.size(); ++i) {
      by_pages[i] += other.by_pages[i];
    }
    cpu += other.cpu;
    pages += other.pages;
    return *this;
  }
  constexpr bool operator==(const CallHistograms&) const = default;
};

}  // namespace pagefare
