// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "exporter/top_table.h"
#include "exporter/units.h"
#include "exporter/utf8.h"

namespace pagefare {
namespace {

constexpr std::size_t kMinWidth = 40;
constexpr std::size_t kMaxNameWidth = 100;

// A blank and the widest usual text.
constexpr std::size_t kRateWidth = 13;   // "1023.9 MiB/s"
constexpr std::size_t kShareWidth = 10;  // "1234567 %"
constexpr std::size_t kBytesWidth = 11;  // "1023.9 MiB"
constexpr std::size_t kTimeWidth = 12;   // "23 h 59 min"

constexpr std::size_t kBudgetWidth = 12;  // "100 % repay"

enum class Cell : std::uint8_t { kCharged, kInitiator, kOwner, kCpu, kOutside, kBudget };

Cell cell_of(CostView view) {
  switch (view) {
    case CostView::kInitiator:
      return Cell::kInitiator;
    case CostView::kOwner:
      return Cell::kOwner;
    case CostView::kCharged:
      break;
  }
  return Cell::kCharged;
}

// Narrow terminals show the chosen view alone.
std::vector<Cell> cells_for(std::size_t width, CostView view, bool budgets) {
  if (budgets && width >= 92) {
    return {Cell::kCharged, Cell::kInitiator, Cell::kOwner,
            Cell::kCpu,     Cell::kOutside,   Cell::kBudget};
  }
  if (budgets && width >= 64) {
    return {cell_of(view), Cell::kCpu, Cell::kOutside, Cell::kBudget};
  }
  if (width >= 80) {
    return {Cell::kCharged, Cell::kInitiator, Cell::kOwner, Cell::kCpu, Cell::kOutside};
  }
  if (width >= 52) {
    return {cell_of(view), Cell::kCpu, Cell::kOutside};
  }
  return {cell_of(view), Cell::kCpu};
}

std::size_t width_of(Cell cell, bool rates) {
  if (cell == Cell::kBudget) {
    return kBudgetWidth;
  }
  if (cell == Cell::kCpu || cell == Cell::kOutside) {
    return rates ? kShareWidth : kTimeWidth;
  }
  return rates ? kRateWidth : kBytesWidth;
}

std::string_view title(Cell cell) {
  switch (cell) {
    case Cell::kCharged:
      return "charged";
    case Cell::kInitiator:
      return "initiator";
    case Cell::kOwner:
      return "owner";
    case Cell::kCpu:
      return "copy CPU";
    case Cell::kOutside:
      return "outside";
    case Cell::kBudget:
      return "budget";
  }
  return "";
}

bool is_sorted_by(Cell cell, const TopOrder& order) {
  switch (order.column) {
    case TopColumn::kBytes:
      return cell == cell_of(order.view);
    case TopColumn::kCpu:
      return cell == Cell::kCpu;
    case TopColumn::kOutside:
      return cell == Cell::kOutside;
    case TopColumn::kName:
      break;
  }
  return false;
}

std::string bytes_text(Bytes bytes, const std::optional<Nanoseconds>& interval) {
  return interval ? human_rate(bytes.value, *interval) : human_bytes(bytes.value);
}

std::string time_text(Nanoseconds time, const std::optional<Nanoseconds>& interval) {
  return interval ? human_share(time, *interval) : human_time(time);
}

std::string value(const TopRow& row, Cell cell, CostView view,
                  const std::optional<Nanoseconds>& interval) {
  switch (cell) {
    case Cell::kCharged:
      return bytes_text(row.charged.bytes, interval);
    case Cell::kInitiator:
      return bytes_text(row.initiator.bytes, interval);
    case Cell::kOwner:
      return bytes_text(row.owner.bytes, interval);
    case Cell::kCpu:
      return time_text(cost(row, view).copy_cpu, interval);
    case Cell::kOutside:
      return time_text(row.outside_quota, interval);
    case Cell::kBudget:
      return row.budget;
  }
  return {};
}

class LineMaker {
 public:
  LineMaker(const TopTable& table, const TopOrder& order, std::size_t width)
      : interval_(table.interval),
        order_(order),
        cells_(cells_for(width, order.view, table.has_budgets)) {
    std::size_t taken = 0;
    for (const Cell cell : cells_) {
      taken += width_of(cell, interval_.has_value());
    }
    name_width_ = std::min(std::max(width, kMinWidth) - taken, kMaxNameWidth);
  }

  // The column that the order goes by is in capitals.
  std::string heading() const {
    std::string line = padded(order_.column == TopColumn::kName ? "CGROUP" : "cgroup");
    for (const Cell cell : cells_) {
      std::string text(title(cell));
      if (is_sorted_by(cell, order_)) {
        std::ranges::transform(text, text.begin(), [](char letter) {
          return static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        });
      }
      line += fmt::format("{:>{}}", text, width_of(cell, interval_.has_value()));
    }
    return line;
  }

  std::string row(const TopRow& row) const {
    std::string line = padded(keep_end(row.name, name_width_));
    for (const Cell cell : cells_) {
      line += fmt::format("{:>{}}", value(row, cell, order_.view, interval_),
                          width_of(cell, interval_.has_value()));
    }
    return line;
  }

 private:
  std::string padded(std::string name) const {
    name.append(name_width_ - std::min(name_width_, code_points(name)), ' ');
    return name;
  }

  std::optional<Nanoseconds> interval_;
  TopOrder order_;
  std::vector<Cell> cells_;
  std::size_t name_width_ = 0;
};

}  // namespace

TopLines format(const TopTable& table, const TopOrder& order, std::size_t width) {
  const LineMaker maker(table, order, width);
  TopLines lines;
  lines.heading = maker.heading();
  lines.rows.reserve(table.rows.size());
  for (const TopRow& row : table.rows) {
    lines.rows.push_back(maker.row(row));
  }
  lines.unattributed = maker.row(table.unattributed);
  lines.measured = maker.row(table.measured);
  return lines;
}

}  // namespace pagefare
