// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/ports/snapshot_sink.h"

namespace pagefare::test {

/// Keeps every snapshot that was published.
class CollectingSink : public SnapshotSink {
 public:
  void publish(SnapshotPtr snapshot) override { all.push_back(std::move(snapshot)); }

  /// Precondition: something was published.
  const Snapshot& last() const { return *all.back(); }

  /// The row of the last snapshot, or null.
  const CgroupRow* row(std::string_view path) const {
    const auto& rows = last().rows;
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [path](const CgroupRow& row) { return row.path == path; });
    return found == rows.end() ? nullptr : &*found;
  }

  std::vector<SnapshotPtr> all;
};

}  // namespace pagefare::test
