// SPDX-License-Identifier: Apache-2.0
// What the daemon answers to which request; no sockets here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/metrics_text.h"
#include "exporter/snapshot_holder.h"

namespace pagefare {

struct Request {
  std::string_view method;
  std::string_view path;
  std::string_view accept;           ///< the header's value; empty where there is none
  std::string_view accept_encoding;  ///< the same
};

struct Page {
  unsigned status = 200;
  std::string_view content_type;
  std::string body;
  std::shared_ptr<const std::string> shared;  ///< sent instead of `body` where it is set
  bool gzip = false;                          ///< what is sent is packed

  const std::string& text() const { return shared == nullptr ? body : *shared; }
};

/// 200 "ok" while the last snapshot is younger than max(10 s, 5 periods), else 503 with the reason.
/// Before the first snapshot the age counts from the holder's making.
Page live_page(const HeldSnapshot& held);

/// 503 with the reason while there is no snapshot, no layer is attached, or less than
/// `min_completeness_ppm` of what was measured is charged to somebody; else 200 "ok".
Page ready_page(const HeldSnapshot& held, std::uint32_t min_completeness_ppm);

/// Everything that is served; safe for any number of threads.
class Site {
 public:
  /// `holder` must outlive the pages.
  Site(const SnapshotHolder& holder, std::uint32_t min_completeness_ppm)
      : holder_(holder), min_completeness_ppm_(min_completeness_ppm), metrics_(holder) {}

  /// The answer to GET or HEAD (405 for other methods, 404 for unknown paths), packed where the
  /// client takes that.
  Page answer(const Request& request);

 private:
  Page metrics(const Request& request);
  Page page_of(const Request& request);

  const SnapshotHolder& holder_;
  std::uint32_t min_completeness_ppm_;
  MetricsText metrics_;
};

}  // namespace pagefare
