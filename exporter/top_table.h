// SPDX-License-Identifier: Apache-2.0
// The table of `pagefare top`: who causes, owns and pays, between two readings or since the start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exporter/status_parse.h"

namespace pagefare {

enum class TopColumn : std::uint8_t { kBytes, kCpu, kOutside, kName };
enum class CostView : std::uint8_t { kCharged, kInitiator, kOwner };

std::string_view name(CostView view);
std::string_view name(TopColumn column);

struct TopOrder {
  TopColumn column = TopColumn::kBytes;
  CostView view = CostView::kCharged;  ///< whose bytes and CPU time are sorted by and shown as CPU
  bool reverse = false;                ///< otherwise: largest first, names from A
};

struct TopRow {
  std::string path;
  std::string name;  ///< as shown: of the pod, if it is one's
  CopyCost initiator;
  CopyCost owner;
  CopyCost charged;
  Nanoseconds outside_quota{};
  std::string budget;  ///< see budget_text()
};

const CopyCost& cost(const TopRow& row, CostView view);

struct TopTable {
  std::optional<Nanoseconds>
      interval;  ///< rows are differences over it; none: sums since the start
  std::vector<TopRow> rows;
  TopRow unattributed;  ///< the same in each view
  TopRow measured;      ///< everything
  bool has_budgets = false;
};

/// Sums since the start of the daemon.
TopTable top_sums(const Status& now);

/// Differences between two readings `interval` apart; a payer that `before` lacks counts from 0,
/// and one that is gone from `now` is left out. A counter that went backward counts as 0: that
/// payer's account was folded in between. Precondition: interval > 0.
TopTable top_differences(const Status& before, const Status& now, Nanoseconds interval);

void sort(TopTable& table, const TopOrder& order);

/// The lines of a table of at most `width` columns (40 at least are used): a heading, one line per
/// row, then one each for what is unattributed and for what was measured.
struct TopLines {
  std::string heading;
  std::vector<std::string> rows;
  std::string unattributed;
  std::string measured;
};
TopLines format(const TopTable& table, const TopOrder& order, std::size_t width);

}  // namespace pagefare
