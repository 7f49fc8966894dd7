// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
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
    const auto found = std::ranges::find(rows, path, &CgroupRow::path);
    return found == rows.end() ? nullptr : &*found;
  }

  /// What the row is charged, or nothing when there is no such row.
  std::optional<CopyCost> charged(std::string_view path) const {
    const CgroupRow* found = row(path);
    return found == nullptr ? std::nullopt : std::optional(found->account.charged);
  }

  std::vector<SnapshotPtr> all;
};

}  // namespace pagefare::test
