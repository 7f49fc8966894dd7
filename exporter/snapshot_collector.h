// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "exporter/snapshot_holder.h"

namespace pagefare {

/// The last snapshot as Prometheus sees it; nothing before the first one. A scrape changes nothing:
/// two of the same snapshot give the same text.
class SnapshotCollector : public prometheus::Collectable {
 public:
  /// `holder` must outlive the collector.
  explicit SnapshotCollector(const SnapshotHolder& holder) : holder_(holder) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const SnapshotHolder& holder_;
};

}  // namespace pagefare
