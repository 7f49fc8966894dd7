// SPDX-License-Identifier: Apache-2.0
#include "exporter/status_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <tuple>

#include "exporter/painter.h"
#include "exporter/status_steering.h"
#include "exporter/units.h"
#include "exporter/utf8.h"

namespace pagefare {
namespace {

constexpr std::size_t kTopPayers = 10;
constexpr std::size_t kNameWidth = 40;
constexpr std::uint32_t kGoodPpm = 990'000;

std::string field(std::string_view label, std::string_view value) {
  return fmt::format("{:<13} {}\n", label, value);
}

std::string head(const Status& status, const Painter& paint) {
  std::string text = field(
      "pagefare", fmt::format("{}, mode {}, charge {}, up {}", status.version,
                              paint.bold(status.mode), status.charge, human_time(status.uptime)));
  const std::string layer = status.layer == "none" ? paint.bad("none") : paint.bold(status.layer);
  text += field("layer", status.layer_why.empty() ? layer : layer + ": " + status.layer_why);
  const std::string share = human_ppm(status.completeness_ppm);
  text += field(
      "completeness",
      fmt::format("{} of what was measured is charged to somebody",
                  status.completeness_ppm >= kGoodPpm ? paint.good(share) : paint.warn(share)));
  if (status.programs > 0) {
    text += field("programs",
                  fmt::format("{} of {} attached; `pagefare doctor` says why the others are not",
                              status.programs - status.not_attached.size(), status.programs));
  }
  return text;
}

std::string sums(const Status& status) {
  const Totals& totals = status.totals;
  std::string text =
      field("migrated", fmt::format("{} in {} folios, {} calls; {} pages failed",
                                    human_bytes(totals.bytes.value), totals.folios.value,
                                    totals.calls, totals.pages_failed.value));
  text +=
      field("copy CPU", fmt::format("{} in callers, {} in kernel workers",
                                    human_time(totals.copy_cpu), human_time(totals.worker_cpu)));
  if (totals.dma_batches > 0) {
    text += field("DMA", fmt::format("{} in {} batches, {} failed; channels busy {}",
                                     human_bytes(totals.dma_bytes.value), totals.dma_batches,
                                     totals.dma_failures, human_time(totals.dma_channel)));
  }
  const Unattributed& nobody = status.unattributed;
  text += field("unattributed", fmt::format("{}, {} copy CPU", human_bytes(nobody.cost.bytes.value),
                                            human_time(nobody.cost.copy_cpu)));
  text += field("own cost",
                fmt::format("{} CPU in {} periods, {} failed", human_time(status.total_period_cpu),
                            status.periods, status.failed_periods));
  return text;
}

std::string payers(const Status& status, const Painter& paint) {
  std::vector<const CgroupRow*> rows;
  for (const CgroupRow& row : status.rows) {
    if (!(row.account == Account{})) rows.push_back(&row);
  }
  if (rows.empty()) {
    return "\nnothing has migrated yet\n";
  }
  const auto weight = [](const CgroupRow* row) {
    const Account& account = row->account;
    return std::tuple(account.charged.bytes, account.owner.bytes, account.charged.copy_cpu);
  };
  const std::size_t shown = std::min(rows.size(), kTopPayers);
  std::ranges::partial_sort(rows, rows.begin() + static_cast<std::ptrdiff_t>(shown),
                            std::ranges::greater{}, weight);
  std::string text =
      "\n" +
      paint.bold(fmt::format("{:<{}} {:>10} {:>10} {:>10} {:>10} {:>13}", "cgroup", kNameWidth,
                             "pays", "asked for", "owns", "copy CPU", "outside quota")) +
      "\n";
  for (const CgroupRow* row : std::span(rows).first(shown)) {
    const std::string name = keep_end(shown_name(*row), kNameWidth);
    text += fmt::format(
        "{}{:{}} {:>10} {:>10} {:>10} {:>10} {:>13}\n", name, "", kNameWidth - code_points(name),
        human_bytes(row->account.charged.bytes.value),
        human_bytes(row->account.initiator.bytes.value),
        human_bytes(row->account.owner.bytes.value), human_time(row->account.charged.copy_cpu),
        human_time(row->account.outside_quota));
  }
  if (rows.size() > shown) {
    text += fmt::format("and {} more\n", rows.size() - shown);
  }
  return text;
}

std::string loss_value(std::string_view key, std::uint64_t value) {
  if (key.ends_with("_bytes")) {
    return human_bytes(value);
  }
  return key.ends_with("_ns") ? human_time(Nanoseconds(static_cast<std::int64_t>(value)))
                              : std::to_string(value);
}

std::string troubles(const Status& status, const Painter& paint) {
  std::string text = alarm_lines(status, paint);
  for (const auto& [key, value] : status.losses) {
    text += fmt::format("{} {}: {}\n", paint.warn("lost"), key, loss_value(key, value));
  }
  for (const std::string& warning : status.warnings) {
    if (repeats_alarm(status, warning)) continue;
    text += fmt::format("{} {}\n", paint.warn("warning:"), warning);
  }
  if (!status.last_error.empty()) {
    text += fmt::format("{} {}\n", paint.bad("error:"), status.last_error);
  }
  return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string status_text(const Status& status, bool colour) {
  const Painter paint(colour);
  return head(status, paint) + sums(status) + steering_text(status) + payers(status, paint) +
         troubles(status, paint);
}

}  // namespace pagefare
