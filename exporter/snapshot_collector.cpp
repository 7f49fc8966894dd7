// SPDX-License-Identifier: Apache-2.0
#include "exporter/snapshot_collector.h"

#include "exporter/snapshot_families.h"

namespace pagefare {

std::vector<prometheus::MetricFamily> SnapshotCollector::Collect() const {
  const SnapshotPtr snapshot = holder_.current().snapshot;
  return snapshot == nullptr ? std::vector<prometheus::MetricFamily>{} : metric_families(*snapshot);
}

}  // namespace pagefare
