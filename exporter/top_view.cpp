// SPDX-License-Identifier: Apache-2.0
#include "exporter/top_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "exporter/units.h"
#include "exporter/utf8.h"

namespace pagefare {
namespace {

constexpr std::size_t kMinWidth = 40;
constexpr std::size_t kLinesAround = 6;  // title, sums, message, heading, unattributed, measured

constexpr std::array<std::string_view, 14> kHelp{
    "b  sort by bytes",
    "c  sort by copy CPU",
    "o  sort by time outside quota",
    "n  sort by name",
    "v  next view: charged, initiator, owner",
    "r  reverse the order",
    "arrows, page keys, home, end  scroll",
    "h  close this help      q  quit",
    "",
    "charged: who pays. initiator: who asked.",
    "owner: whose memory it was. CPU: % of one",
    "CPU. outside: workers, beyond cpu.max.",
    "budget: share of its scarcest resource, and",
    "the step taken against it, if any.",
};

std::string title(const Status& status, std::size_t width) {
  const std::string share = human_ppm(status.completeness_ppm);
  return width < 72
             ? fmt::format("{} {} {}", status.mode, status.layer, share)
             : fmt::format("pagefare {}  mode {}  layer {}  complete {}  up {}", status.version,
                           status.mode, status.layer, share, human_time(status.uptime));
}

std::string sums(const TopTable& table, std::size_t width) {
  const CopyCost& all = table.measured.charged;
  if (!table.interval) {
    return fmt::format("{}{} migrated in {} copy CPU",
                       width < 72 ? "" : "since the start: ", human_bytes(all.bytes.value),
                       human_time(all.copy_cpu));
  }
  const std::string rate = human_rate(all.bytes.value, *table.interval);
  const std::string share = human_share(all.copy_cpu, *table.interval);
  const std::string workers = human_share(table.measured.outside_quota, *table.interval);
  return width < 72 ? fmt::format("{} {} + {}", rate, share, workers)
                    : fmt::format("migrated {}  copy CPU {}  kernel workers {}  over {}", rate,
                                  share, workers, human_time(*table.interval));
}

// Breaks between words; a word longer than the width is broken where it must.
std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (code_points(text) > width) {
    std::size_t cut = keep_start(text, width).size();
    if (const std::size_t blank = text.substr(0, cut + 1).rfind(' ');
        blank != std::string_view::npos && blank > 0) {
      cut = blank;
    }
    lines.emplace_back(text.substr(0, cut));
    text.remove_prefix(std::min(text.size(), text[cut] == ' ' ? cut + 1 : cut));
  }
  lines.emplace_back(text);
  return lines;
}

}  // namespace

void TopView::take(const Result<std::string>& answer, Nanoseconds now) {
  if (!answer) {
    trouble_ = printable(answer.error().message);
    return;
  }
  Result<Status> status = parse_status(*answer);
  if (!status) {
    trouble_ = printable(status.error().message);
    return;
  }
  trouble_.clear();
  answered_ = now;
  take_status(*std::move(status));
}

void TopView::take_status(Status status) {
  const bool same_run =
      last_ && status.start_unix_ns == last_->start_unix_ns && status.uptime >= last_->uptime;
  if (!same_run) {
    before_.reset();
  } else if (status.uptime == last_->uptime) {
    return;  // asked twice within one period
  } else {
    before_ = std::move(last_);
  }
  last_ = std::move(status);
}

bool TopView::press(TopKey key) {
  switch (key) {
    case TopKey::kQuit:
      return false;
    case TopKey::kBytes:
      set_column(TopColumn::kBytes);
      break;
    case TopKey::kCpu:
      set_column(TopColumn::kCpu);
      break;
    case TopKey::kOutside:
      set_column(TopColumn::kOutside);
      break;
    case TopKey::kName:
      set_column(TopColumn::kName);
      break;
    case TopKey::kView:
      order_.view = static_cast<CostView>((static_cast<int>(order_.view) + 1) % 3);
      break;
    case TopKey::kReverse:
      order_.reverse = !order_.reverse;
      break;
    case TopKey::kHelp:
      help_ = !help_;
      break;
    default:
      scroll(key);
  }
  return true;
}

void TopView::set_column(TopColumn column) {
  order_.column = column;
  order_.reverse = false;
  first_row_ = 0;
}

// draw() keeps first_row_ within the table, whose length it alone knows.
void TopView::scroll(TopKey key) {
  switch (key) {
    case TopKey::kUp:
      first_row_ -= std::min<std::size_t>(first_row_, 1);
      break;
    case TopKey::kDown:
      ++first_row_;
      break;
    case TopKey::kPageUp:
      first_row_ -= std::min(first_row_, page_);
      break;
    case TopKey::kPageDown:
      first_row_ += page_;
      break;
    case TopKey::kHome:
      first_row_ = 0;
      break;
    case TopKey::kEnd:
      first_row_ = std::numeric_limits<std::size_t>::max() / 2;
      break;
    default:
      break;
  }
}

ViewLine TopView::message(std::size_t rows, std::size_t shown, Nanoseconds now) const {
  if (!trouble_.empty()) {
    return {
        fmt::format("no answer for {}, trying again: {}", human_time(now - answered_), trouble_),
        LineStyle::kTrouble};
  }
  if (!last_->warnings.empty()) {
    return {"warning: " + last_->warnings.front(), LineStyle::kTrouble};
  }
  const std::string range =
      rows == 0 ? "no cgroup has been seen yet"
                : fmt::format("{}-{} of {}", first_row_ + 1, first_row_ + shown, rows);
  return {fmt::format("{}  {}, {}{}  h help", range, name(order_.column), name(order_.view),
                      order_.reverse ? ", reversed" : ""),
          LineStyle::kPlain};
}

void TopView::draw_waiting(std::size_t width, std::vector<ViewLine>& lines) const {
  lines.push_back({"pagefare top", LineStyle::kTitle});
  if (trouble_.empty()) {
    lines.push_back({"waiting for the first answer", LineStyle::kPlain});
    return;
  }
  for (std::string& line : wrap(trouble_, width)) {
    lines.push_back({std::move(line), LineStyle::kTrouble});
  }
  lines.push_back({"trying again; q quits", LineStyle::kPlain});
}

void TopView::draw_table(std::size_t width, std::size_t height, Nanoseconds now,
                         std::vector<ViewLine>& lines) {
  TopTable table = before_ ? top_differences(*before_, *last_, last_->uptime - before_->uptime)
                           : top_sums(*last_);
  sort(table, order_);
  page_ = height > kLinesAround ? height - kLinesAround : 1;
  const std::size_t rows = table.rows.size();
  first_row_ = std::min(first_row_, rows > page_ ? rows - page_ : 0);
  const std::size_t shown = std::min(page_, rows - first_row_);
  // Only the rows on the screen are worth formatting.
  table.rows.erase(table.rows.begin() + static_cast<std::ptrdiff_t>(first_row_ + shown),
                   table.rows.end());
  table.rows.erase(table.rows.begin(),
                   table.rows.begin() + static_cast<std::ptrdiff_t>(first_row_));
  TopLines text = format(table, order_, width);
  lines.push_back({title(*last_, width), LineStyle::kTitle});
  lines.push_back({sums(table, width), LineStyle::kTitle});
  lines.push_back(message(rows, shown, now));
  if (help_) {
    for (const std::string_view line : kHelp) {
      lines.push_back({std::string(line), LineStyle::kPlain});
    }
    return;
  }
  lines.push_back({std::move(text.heading), LineStyle::kHeading});
  for (std::string& row : text.rows) {
    lines.push_back({std::move(row), LineStyle::kPlain});
  }
  lines.push_back({std::move(text.unattributed), LineStyle::kSum});
  lines.push_back({std::move(text.measured), LineStyle::kSum});
}

std::vector<ViewLine> TopView::draw(std::size_t width, std::size_t height, Nanoseconds now) {
  std::vector<ViewLine> lines;
  if (last_) {
    draw_table(std::max(width, kMinWidth), height, now, lines);
  } else {
    draw_waiting(std::max<std::size_t>(width, 1), lines);
  }
  if (lines.size() > height) {
    lines.resize(height);
  }
  for (ViewLine& line : lines) {
    line.text = keep_start(line.text, width);
  }
  return lines;
}

}  // namespace pagefare
