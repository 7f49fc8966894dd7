// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/snapshot.h"
#include "exporter/family_set.h"

namespace pagefare {

/// Every metric of the table that is about the snapshot. A payer's series are all written, zeros
/// too, so that a counter never vanishes while its payer lives. Only here do integers become
/// doubles and nanoseconds become seconds.
void add_families(FamilySet& set, const Snapshot& snapshot);

}  // namespace pagefare
