// SPDX-License-Identifier: Apache-2.0
#include "exporter/pages.h"

#include <fmt/format.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>

#include "exporter/front_page.h"
#include "exporter/snapshot_collector.h"
#include "exporter/status_json.h"
#include "exporter/units.h"

namespace pagefare {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kMetricsText = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kHtml = "text/html; charset=utf-8";

Page ok() {
  return {200, kText, "ok\n"};
}

Page unavailable(std::string reason) {
  return {503, kText, std::move(reason) + "\n"};
}

Page metrics_page(const SnapshotHolder& holder) {
  const SnapshotCollector collector(holder);
  return {200, kMetricsText, prometheus::TextSerializer{}.Serialize(collector.Collect())};
}

Page status_page(const HeldSnapshot& held) {
  return held.snapshot == nullptr
             ? unavailable("no snapshot yet: the first period has not ended; ask again")
             : Page{200, kJson, status_json(*held.snapshot) + "\n"};
}

Page html_page() {
  const FrontPage page = front_page();
  return {200, kHtml, std::string(page.html), page.security_policy};
}

}  // namespace

Page live_page(const HeldSnapshot& held) {
  const Nanoseconds period = held.snapshot == nullptr ? Nanoseconds{} : held.snapshot->period;
  const Nanoseconds limit = std::max<Nanoseconds>(10s, 5 * period);
  if (held.age < limit) {
    return ok();
  }
  return unavailable(
      fmt::format("the loop does not turn: {} for {} (limit {})",
                  held.snapshot == nullptr ? "no snapshot since the start" : "no new snapshot",
                  human_time(held.age), human_time(limit)));
}

Page ready_page(const HeldSnapshot& held, std::uint32_t min_completeness_ppm) {
  if (held.snapshot == nullptr) {
    return unavailable("no snapshot yet: the first period has not ended");
  }
  if (held.snapshot->layer == Layer::kNone) {
    return unavailable("no layer is attached: " + held.snapshot->layer_why);
  }
  const std::uint32_t completeness = completeness_ppm(*held.snapshot);
  if (completeness < min_completeness_ppm) {
    return unavailable(fmt::format("only {} of what was measured is charged to somebody (limit {})",
                                   human_ppm(completeness), human_ppm(min_completeness_ppm)));
  }
  return ok();
}

Page answer(std::string_view method, std::string_view path, const SnapshotHolder& holder,
            std::uint32_t min_completeness_ppm) {
  const bool reads = method == "GET" || method == "HEAD";
  const auto when_read = [reads](auto&& page) {
    return reads ? page() : Page{405, kText, "only GET and HEAD are answered here\n"};
  };
  if (path == "/metrics") {
    return when_read([&] { return metrics_page(holder); });
  }
  if (path == "/status") {
    return when_read([&] { return status_page(holder.current()); });
  }
  if (path == "/livez") {
    return when_read([&] { return live_page(holder.current()); });
  }
  if (path == "/readyz") {
    return when_read([&] { return ready_page(holder.current(), min_completeness_ppm); });
  }
  if (path == "/") {
    return when_read(html_page);
  }
  return {404, kText, "not found; there are /metrics, /status, /livez and /readyz\n"};
}

}  // namespace pagefare
