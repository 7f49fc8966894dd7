// SPDX-License-Identifier: Apache-2.0
// The text of /metrics, made once per snapshot and form however many ask for it.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>

#include "exporter/scrape_meter.h"
#include "exporter/snapshot_holder.h"
#include "exporter/text_families.h"

namespace pagefare {

struct MetricsForm {
  MetricsFormat format = MetricsFormat::kPrometheus;
  bool gzip = false;
};

/// Safe for any number of threads; those that ask for a text which is being made wait for it. The
/// loop never waits.
class MetricsText {
 public:
  /// `holder` must outlive the text.
  explicit MetricsText(const SnapshotHolder& holder) : holder_(holder) {}

  /// Never null. Before the first snapshot the exporter's own metrics alone. Plain where there is
  /// no memory for packing: `form` says what it became.
  std::shared_ptr<const std::string> get(MetricsForm& form);

 private:
  struct Made {
    std::mutex mutex;                  // held while the text is made
    std::weak_ptr<const Snapshot> of;  // keeps no former snapshot alive
    std::shared_ptr<const std::string> text;
    bool gzip = false;
  };

  void make(Made& made, MetricsForm form, const SnapshotPtr& snapshot);

  const SnapshotHolder& holder_;
  ScrapeMeter meter_;
  std::array<Made, 4> made_;
};

}  // namespace pagefare
