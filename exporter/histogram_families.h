// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/snapshot.h"
#include "exporter/family_set.h"

namespace pagefare {

/// How long calls took and how large they were. The kernel's buckets, one per power of two, are
/// merged into about a dozen.
void add_call_histograms(FamilySet& set, const Snapshot& snapshot);

}  // namespace pagefare
