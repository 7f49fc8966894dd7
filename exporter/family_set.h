// SPDX-License-Identifier: Apache-2.0
// Where the samples of a scrape go. What a family's samples are is said once (*_families.cpp); how
// they are written is the set's business.
#pragma once

#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <ratio>
#include <span>
#include <string_view>

#include "controller/core/quantity.h"
#include "exporter/metric_table.h"

namespace pagefare {

using LabelValues = std::initializer_list<std::string_view>;

struct HistogramBucket {
  double upper = std::numeric_limits<double>::infinity();  ///< inclusive
  std::uint64_t cumulative = 0;                            ///< observations up to `upper`
};

/// A histogram as Prometheus has it. The last bucket's bound is infinity.
struct HistogramSample {
  std::span<const HistogramBucket> buckets;
  double sum = 0;
};

/// Samples may be added in any order of metrics; those of one metric keep their order. Label values
/// are in the order of the table's label names and valid UTF-8; the set escapes them.
class FamilySet {
 public:
  FamilySet() = default;
  FamilySet(const FamilySet&) = delete;
  FamilySet& operator=(const FamilySet&) = delete;
  virtual ~FamilySet() = default;

  void add(Metric metric, double value, LabelValues labels = {}) {
    assert(labels.size() == label_count(spec(metric)));
    put(spec(metric), value, labels);
  }

  void add(Metric metric, std::uint64_t count, LabelValues labels = {}) {
    add(metric, static_cast<double>(count), labels);
  }

  void add(Metric metric, Nanoseconds time, LabelValues labels = {}) {
    add(metric, static_cast<double>(time.count()) / std::nano::den, labels);
  }

  /// Precondition: the metric is a histogram.
  void add(Metric metric, const HistogramSample& sample, LabelValues labels = {}) {
    assert(labels.size() == label_count(spec(metric)));
    assert(spec(metric).type == MetricType::kHistogram);
    put(spec(metric), sample, labels);
  }

 private:
  virtual void put(const MetricSpec& row, double value, LabelValues labels) = 0;
  virtual void put(const MetricSpec& row, const HistogramSample& sample, LabelValues labels) = 0;
};

}  // namespace pagefare
