// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "controller/core/snapshot.h"

namespace pagefare {

/// Every metric of the table, filled from the snapshot; a family without a sample is left out.
/// A payer's series are all written, zeros too, so that a counter never vanishes while its payer
/// lives. Only here do integers become doubles and nanoseconds become seconds.
std::vector<prometheus::MetricFamily> metric_families(const Snapshot& snapshot);

}  // namespace pagefare
