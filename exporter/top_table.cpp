// SPDX-License-Identifier: Apache-2.0
#include "exporter/top_table.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "exporter/top_budget.h"

namespace pagefare {
namespace {

template <typename Count>
Count grown(Count now, Count before) {
  return now > before ? now - before : Count{};
}

CopyCost grown(const CopyCost& now, const CopyCost& before) {
  return {grown(now.bytes, before.bytes), grown(now.folios, before.folios),
          grown(now.copy_cpu, before.copy_cpu)};
}

TopRow same_in_each_view(std::string path, const CopyCost& cost, Nanoseconds worker_cpu) {
  std::string name = path;
  return {std::move(path), std::move(name), cost, cost, cost, worker_cpu, {}};
}

TopRow grown(TopRow now, const TopRow& before) {
  return {std::move(now.path),
          std::move(now.name),
          grown(now.initiator, before.initiator),
          grown(now.owner, before.owner),
          grown(now.charged, before.charged),
          grown(now.outside_quota, before.outside_quota),
          std::move(now.budget)};
}

// Largest first; what is equal stays in the order of names.
bool comes_first(const TopRow& a, const TopRow& b, const TopOrder& order) {
  switch (order.column) {
    case TopColumn::kBytes:
      return cost(a, order.view).bytes > cost(b, order.view).bytes;
    case TopColumn::kCpu:
      return cost(a, order.view).copy_cpu > cost(b, order.view).copy_cpu;
    case TopColumn::kOutside:
      return a.outside_quota > b.outside_quota;
    case TopColumn::kName:
      return a.name < b.name;
  }
  return false;
}

}  // namespace

std::string_view name(CostView view) {
  switch (view) {
    case CostView::kInitiator:
      return "initiator";
    case CostView::kOwner:
      return "owner";
    case CostView::kCharged:
      break;
  }
  return "charged";
}

std::string_view name(TopColumn column) {
  switch (column) {
    case TopColumn::kCpu:
      return "CPU";
    case TopColumn::kOutside:
      return "outside";
    case TopColumn::kName:
      return "name";
    case TopColumn::kBytes:
      break;
  }
  return "bytes";
}

const CopyCost& cost(const TopRow& row, CostView view) {
  switch (view) {
    case CostView::kInitiator:
      return row.initiator;
    case CostView::kOwner:
      return row.owner;
    case CostView::kCharged:
      break;
  }
  return row.charged;
}

TopTable top_sums(const Status& now) {
  TopTable table;
  table.has_budgets = !now.budgets.empty();
  table.rows.reserve(now.rows.size());
  for (const CgroupRow& row : now.rows) {
    const Account& account = row.account;
    table.rows.push_back({row.path, shown_name(row), account.initiator, account.owner,
                          account.charged, account.outside_quota, budget_text(now, row.path)});
  }
  table.unattributed =
      same_in_each_view("(unattributed)", now.unattributed.cost, now.unattributed.worker_cpu);
  const CopyCost measured{now.totals.bytes, now.totals.folios, now.totals.copy_cpu};
  table.measured = same_in_each_view("(measured)", measured, now.totals.worker_cpu);
  return table;
}

TopTable top_differences(const Status& before, const Status& now, Nanoseconds interval) {
  const TopTable old = top_sums(before);
  std::map<std::string_view, const TopRow*> old_rows;
  for (const TopRow& row : old.rows) {
    old_rows.emplace(row.path, &row);
  }
  TopTable table = top_sums(now);
  table.interval = interval;
  for (TopRow& row : table.rows) {
    if (const auto found = old_rows.find(row.path); found != old_rows.end()) {
      row = grown(std::move(row), *found->second);
    }
  }
  table.unattributed = grown(std::move(table.unattributed), old.unattributed);
  table.measured = grown(std::move(table.measured), old.measured);
  return table;
}

void sort(TopTable& table, const TopOrder& order) {
  std::ranges::sort(table.rows, {}, &TopRow::name);
  std::ranges::stable_sort(table.rows, [&order](const TopRow& a, const TopRow& b) {
    return order.reverse ? comes_first(b, a, order) : comes_first(a, b, order);
  });
}

}  // namespace pagefare
