// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/rows.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

namespace pagefare {
namespace {

bool comes_before(const PathOrder::Entry& a, const PathOrder::Entry& b) {
  return std::tie(a.path, a.id) < std::tie(b.path, b.id);
}

void append_unless_zero(std::vector<CgroupRow>& rows, std::string name, const Account& account) {
  if (account != Account{}) {
    rows.push_back({.path = std::move(name), .id = 0, .pod = {}, .account = account});
  }
}

/// Names of shared accounts sort after every path: '/' < '[' < '~'.
void append_shared(std::vector<CgroupRow>& rows, const Ledger& ledger) {
  const auto first = static_cast<std::ptrdiff_t>(rows.size());
  for (std::size_t kind = 0; kind < ledger.kernel_threads().size(); ++kind) {
    const std::string_view thread = name(static_cast<InitiatorKind>(kind));
    append_unless_zero(rows, "[" + std::string(thread) + "]", ledger.kernel_threads()[kind]);
  }
  append_unless_zero(rows, std::string(kOtherName), ledger.other());
  append_unless_zero(rows, std::string(kRemovedName), ledger.removed());
  append_unless_zero(rows, std::string(kUnresolvedName), ledger.unresolved());
  std::ranges::sort(rows.begin() + first, rows.end(), {}, &CgroupRow::path);
}

}  // namespace

void PathOrder::add(std::vector<Entry> newcomers) {
  if (newcomers.empty()) {
    return;
  }
  std::ranges::sort(newcomers, comes_before);
  const auto middle = static_cast<std::ptrdiff_t>(entries_.size());
  entries_.insert(entries_.end(), std::make_move_iterator(newcomers.begin()),
                  std::make_move_iterator(newcomers.end()));
  std::ranges::inplace_merge(entries_, entries_.begin() + middle, comes_before);
  find_shared_paths();
}

void PathOrder::erase(std::vector<CgroupId> ids) {
  if (ids.empty()) {
    return;
  }
  std::ranges::sort(ids);
  std::erase_if(entries_,
                [&ids](const Entry& entry) { return std::ranges::binary_search(ids, entry.id); });
  find_shared_paths();
}

void PathOrder::find_shared_paths() {
  heirs_.clear();
  CgroupId oldest;
  for (std::size_t at = 0; at < entries_.size(); ++at) {
    Entry& entry = entries_[at];
    entry.shares_row = at > 0 && entries_[at - 1].path == entry.path;
    if (entry.shares_row) {
      heirs_[entries_[at - 1].id] = entry.id;
      heirs_[entry.id] = oldest;
    } else {
      oldest = entry.id;
    }
  }
}

void PathOrder::name_pods(PodNames& names) {
  for (Entry& entry : entries_) {
    // A container can be known later than its pod.
    if (!entry.pod.pod.empty() && !entry.pod.container.empty()) continue;
    if (auto name = names.find(entry.path)) entry.pod = *std::move(name);
  }
}

std::vector<CgroupRow> make_rows(const PathOrder& order, const Ledger& ledger) {
  std::vector<CgroupRow> rows;
  rows.reserve(order.entries().size() + kInitiatorKinds + 3);
  for (const PathOrder::Entry& entry : order.entries()) {
    if (entry.shares_row) {
      rows.back().id = entry.id.value;
      rows.back().account += *entry.account;
    } else {
      rows.push_back(
          {.path = entry.path, .id = entry.id.value, .pod = entry.pod, .account = *entry.account});
    }
  }
  append_shared(rows, ledger);
  return rows;
}

}  // namespace pagefare
