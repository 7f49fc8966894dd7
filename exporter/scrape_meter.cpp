// SPDX-License-Identifier: Apache-2.0
#include "exporter/scrape_meter.h"

#include <algorithm>
#include <ratio>
#include <string>
#include <vector>

namespace pagefare {
namespace {

std::string text(std::string_view view) {
  return std::string(view);
}

const prometheus::Histogram::BucketBoundaries& bounds() {
  static const prometheus::Histogram::BucketBoundaries all{0.001, 0.0025, 0.005, 0.01, 0.025,
                                                           0.05,  0.1,    0.25,  0.5,  1};
  return all;
}

std::string_view label(const prometheus::ClientMetric& sample, std::string_view name) {
  const auto found = std::ranges::find(sample.label, name, &prometheus::ClientMetric::Label::name);
  return found == sample.label.end() ? std::string_view{} : std::string_view{found->value};
}

void add_scrapes(FamilySet& set, const prometheus::MetricFamily& family) {
  const MetricSpec& row = spec(Metric::kScrapes);
  for (const prometheus::ClientMetric& sample : family.metric) {
    set.add(Metric::kScrapes, sample.counter.value,
            {label(sample, row.labels[0]), label(sample, row.labels[1])});
  }
}

void add_making(FamilySet& set, const prometheus::MetricFamily& family) {
  for (const prometheus::ClientMetric& sample : family.metric) {
    std::vector<HistogramBucket> buckets;
    for (const prometheus::ClientMetric::Bucket& bucket : sample.histogram.bucket) {
      buckets.push_back({bucket.upper_bound, bucket.cumulative_count});
    }
    set.add(Metric::kScrapeCpu, HistogramSample{buckets, sample.histogram.sample_sum});
  }
}

}  // namespace

ScrapeMeter::ScrapeMeter()
    : scrapes_(
          prometheus::BuildCounter().Name(text(spec(Metric::kScrapes).name)).Register(registry_)),
      making_(prometheus::BuildHistogram()
                  .Name(text(spec(Metric::kScrapeCpu).name))
                  .Register(registry_)
                  .Add({}, bounds())) {
  // All series are there from the start, so that the first increase of each can be seen.
  for (const MetricsFormat format : {MetricsFormat::kPrometheus, MetricsFormat::kOpenMetrics}) {
    for (const bool gzip : {false, true}) {
      scrapes_.Add(labels(format, gzip));
    }
  }
}

std::map<std::string, std::string> ScrapeMeter::labels(MetricsFormat format, bool gzip) {
  const MetricSpec& row = spec(Metric::kScrapes);
  return {{text(row.labels[0]), format == MetricsFormat::kOpenMetrics ? "openmetrics" : "text"},
          {text(row.labels[1]), gzip ? "gzip" : "identity"}};
}

void ScrapeMeter::count(MetricsFormat format, bool gzip) {
  scrapes_.Add(labels(format, gzip)).Increment();
}

void ScrapeMeter::observe_making(Nanoseconds cpu) {
  making_.Observe(static_cast<double>(cpu.count()) / std::nano::den);
}

void ScrapeMeter::add_to(FamilySet& set) const {
  for (const prometheus::MetricFamily& family : registry_.Collect()) {
    if (family.name == spec(Metric::kScrapes).name) {
      add_scrapes(set, family);
    } else {
      add_making(set, family);
    }
  }
}

}  // namespace pagefare
