// SPDX-License-Identifier: Apache-2.0
#include "exporter/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "exporter/front_page.h"
#include "exporter/gzip.h"
#include "exporter/negotiation.h"
#include "exporter/status_json.h"
#include "exporter/steer_json.h"
#include "exporter/units.h"

namespace pagefare {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kMetricsText = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kOpenMetricsText =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kHtml = "text/html; charset=utf-8";

/// Below this a packet carries the page as it is.
constexpr std::size_t kWorthPacking = 1400;

bool is_page(std::string_view path) {
  constexpr std::array<std::string_view, 6> kPaths = {"/",        "/metrics", "/status",
                                                      "/explain", "/livez",   "/readyz"};
  return std::ranges::find(kPaths, path) != kPaths.end();
}

Page ok() {
  return {.content_type = kText, .body = "ok\n"};
}

Page unavailable(std::string reason) {
  return {.status = 503, .content_type = kText, .body = std::move(reason) + "\n"};
}

Page status_page(const HeldSnapshot& held) {
  return held.snapshot == nullptr
             ? unavailable("no snapshot yet: the first period has not ended; ask again")
             : Page{.content_type = kJson, .body = status_json(*held.snapshot) + "\n"};
}

Page html_page() {
  const FrontPage page = front_page();
  return {.content_type = kHtml,
          .body = std::string(page.html),
          .security_policy = page.security_policy};
}

Page explain_page(const HeldSnapshot& held) {
  return held.snapshot == nullptr
             ? unavailable("no snapshot yet: the first period has not ended; ask again")
             : Page{.content_type = kJson,
                    .body = explain_json(held.snapshot->steer, name(held.snapshot->mode)) + "\n"};
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

Page Site::metrics(const Request& request) {
  MetricsForm form{choose_format(request.accept), accepts_gzip(request.accept_encoding)};
  Page page{.content_type =
                form.format == MetricsFormat::kOpenMetrics ? kOpenMetricsText : kMetricsText};
  page.shared = metrics_.get(form);
  page.gzip = form.gzip;
  return page;
}

Page Site::page_of(const Request& request) {
  if (request.path == "/metrics") {
    return metrics(request);
  }
  if (request.path == "/status") {
    return status_page(holder_.current());
  }
  if (request.path == "/explain") {
    return explain_page(holder_.current());
  }
  if (request.path == "/livez") {
    return live_page(holder_.current());
  }
  if (request.path == "/readyz") {
    return ready_page(holder_.current(), min_completeness_ppm_);
  }
  if (request.path == "/") {
    return html_page();
  }
  return {.status = 404,
          .content_type = kText,
          .body = "not found; there are /metrics, /status, /explain, /livez and /readyz\n"};
}

Page Site::answer(const Request& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && is_page(request.path)) {
    return {.status = 405, .content_type = kText, .body = "only GET and HEAD are answered here\n"};
  }
  Page page = page_of(request);
  if (page.shared == nullptr && page.body.size() >= kWorthPacking &&
      accepts_gzip(request.accept_encoding)) {
    if (std::optional<std::string> packed = gzip(page.body)) {
      page.body = *std::move(packed);
      page.gzip = true;
    }
  }
  return page;
}

}  // namespace pagefare
