// SPDX-License-Identifier: Apache-2.0
// Samples as text, written straight from the values: the library's way, by a tree of strings and a
// stream, costs five to seven times as much (tests/bench/scrape_bench.cpp compares both).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "exporter/family_set.h"

namespace pagefare {

enum class MetricsFormat : std::uint8_t {
  kPrometheus,   ///< text format 0.0.4: byte for byte what prometheus-cpp writes
  kOpenMetrics,  ///< OpenMetrics 1.0.0
};

class TextFamilies : public FamilySet {
 public:
  explicit TextFamilies(MetricsFormat format) : format_(format) {}

  /// All families that have a sample, in the order of the table.
  std::string take() &&;

 private:
  void put(const MetricSpec& row, double value, LabelValues labels) override;
  void put(const MetricSpec& row, const HistogramSample& sample, LabelValues labels) override;

  std::string& samples_of(const MetricSpec& row) {
    return samples_[static_cast<std::size_t>(row.metric)];
  }

  MetricsFormat format_;
  std::array<std::string, kMetrics> samples_;
};

/// The shortest of up to 16 digits, as printf's %.16g in the C locale; "+Inf", "-Inf", "Nan".
void append_number(std::string& text, double value);

/// A label's value with \, " and the end of a line escaped.
void append_escaped(std::string& text, std::string_view value);

}  // namespace pagefare
