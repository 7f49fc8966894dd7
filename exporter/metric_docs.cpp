// SPDX-License-Identifier: Apache-2.0
// docs/metrics.md out of the table.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "exporter/metric_table.h"

namespace pagefare {
namespace {

constexpr std::string_view kPreface =
    "# Metrics\n\n"
    "Served on `/metrics` as Prometheus text, or as OpenMetrics 1.0 where the client asks for it; "
    "packed\n"
    "with gzip where it takes that. Counters are cumulative since the daemon's start. A histogram "
    "`x` is\n"
    "the series `x_bucket`, `x_sum` and `x_count`; its buckets carry the label `le` besides.\n"
    "This file is made from the table that the exporter uses (`exporter/metric_table.cpp`):\n"
    "`PAGEFARE_REGENERATE=1 test_exporter --gtest_filter='MetricDocs.*'` rewrites it.\n\n"
    "* `cgroup` is the path below the cgroup root (`/` is the root), `[kcompactd]` and the like "
    "for\n"
    "  a kernel thread, `~removed`, `~other` or `~unresolved` for an account that stands for "
    "many.\n"
    "* `view` is `initiator` (who asked), `owner` (whose memory it was) or `charged` (who pays).\n"
    "  Each view adds up over `cgroup`; different views count the same work and are never added.\n"
    "* `cause` is why nobody is charged: `unseen`, `no_memcg`, `kernel_thread` or `map_full`.\n"
    "* Over all `cgroup` and `cause`: charged + unattributed = measured.\n"
    "* `size` is the folio's size: `4K`, `64K`, `2M`, `1G`.\n\n"
    "| name | type | unit | labels | may be summed over | meaning |\n"
    "| --- | --- | --- | --- | --- | --- |\n";

}  // namespace

std::string metrics_markdown() {
  std::string text(kPreface);
  for (const MetricSpec& row : metric_table()) {
    std::string labels;
    for (std::size_t i = 0; i < label_count(row); ++i) {
      labels += fmt::format("{}`{}`", i == 0 ? "" : ", ", row.labels[i]);
    }
    if (is_per_cgroup(row)) {
      labels += " (pods: `namespace`, `pod`, `container` too)";
    }
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", row.name, type_name(row.type),
                        row.unit, labels.empty() ? "-" : labels,
                        row.sum_over.empty() ? "-" : row.sum_over, row.help);
  }
  return text;
}

}  // namespace pagefare
