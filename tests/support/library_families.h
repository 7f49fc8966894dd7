// SPDX-License-Identifier: Apache-2.0
// The samples as prometheus-cpp's own families: what our text is compared with.
#pragma once

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <string>
#include <utility>
#include <vector>

#include "exporter/family_set.h"
#include "exporter/snapshot_families.h"

namespace pagefare::test {

class LibraryFamilies : public FamilySet {
 public:
  LibraryFamilies() : families_(kMetrics) {
    for (const MetricSpec& row : metric_table()) {
      prometheus::MetricFamily& family = family_of(row);
      family.name = row.name;
      family.help = row.help;
      family.type = type_of(row.type);
    }
  }

  /// Without the families that have no sample.
  std::vector<prometheus::MetricFamily> take() && {
    std::erase_if(families_, [](const auto& family) { return family.metric.empty(); });
    return std::move(families_);
  }

 private:
  static prometheus::MetricType type_of(MetricType type) {
    switch (type) {
      case MetricType::kCounter:
        return prometheus::MetricType::Counter;
      case MetricType::kGauge:
        return prometheus::MetricType::Gauge;
      case MetricType::kHistogram:
        return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
  }

  prometheus::MetricFamily& family_of(const MetricSpec& row) {
    return families_[static_cast<std::size_t>(row.metric)];
  }

  prometheus::ClientMetric& sample_of(const MetricSpec& row, LabelValues labels) {
    prometheus::ClientMetric& sample = family_of(row).metric.emplace_back();
    sample.label.reserve(labels.size());
    std::size_t i = 0;
    for (const std::string_view label : labels) {
      sample.label.push_back({std::string(row.labels[i++]), std::string(label)});
    }
    return sample;
  }

  void put(const MetricSpec& row, double value, LabelValues labels) override {
    prometheus::ClientMetric& sample = sample_of(row, labels);
    (row.type == MetricType::kCounter ? sample.counter.value : sample.gauge.value) = value;
  }

  void put(const MetricSpec& row, const HistogramSample& from, LabelValues labels) override {
    auto& histogram = sample_of(row, labels).histogram;
    histogram.sample_sum = from.sum;
    for (const HistogramBucket& bucket : from.buckets) {
      histogram.bucket.push_back({bucket.cumulative, bucket.upper});
      histogram.sample_count = bucket.cumulative;
    }
  }

  std::vector<prometheus::MetricFamily> families_;
};

inline std::vector<prometheus::MetricFamily> library_families(const Snapshot& snapshot) {
  LibraryFamilies set;
  add_families(set, snapshot);
  return std::move(set).take();
}

inline std::string library_text(const Snapshot& snapshot) {
  return prometheus::TextSerializer{}.Serialize(library_families(snapshot));
}

}  // namespace pagefare::test
