// SPDX-License-Identifier: Apache-2.0
// What being scraped costs: the exporter's own metrics, counted by prometheus-cpp.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <string>

#include "controller/core/quantity.h"
#include "exporter/family_set.h"
#include "exporter/text_families.h"

namespace pagefare {

/// Safe for any number of threads.
class ScrapeMeter {
 public:
  ScrapeMeter();

  void count(MetricsFormat format, bool gzip);
  /// One text was made, which may have answered many scrapes.
  void observe_making(Nanoseconds cpu);

  void add_to(FamilySet& set) const;

 private:
  static std::map<std::string, std::string> labels(MetricsFormat format, bool gzip);

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& scrapes_;
  prometheus::Histogram& making_;
};

}  // namespace pagefare
