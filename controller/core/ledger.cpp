// SPDX-License-Identifier: Apache-2.0
#include "controller/core/ledger.h"

#include <cassert>

namespace pagefare {
namespace {

/// Closed ids that are remembered. Ids only grow, so the smallest are the oldest; a late sample of
/// one that was dropped has no path any more and lands in unresolved().
constexpr std::size_t kMaxClosed = 65'536;

/// The entry of a map of sums. Neighbouring entries of a window are mostly of one class and one
/// way, so the last one found is tried first.
template <typename Key, typename Sum>
class SumFinder {
 public:
  explicit SumFinder(std::map<Key, Sum>& sums) : sums_(sums) {}

  Sum& operator[](const Key& key) {
    if (last_ == nullptr || last_->first != key) {
      last_ = &*sums_.try_emplace(key).first;
    }
    return last_->second;
  }

 private:
  std::map<Key, Sum>& sums_;
  typename std::map<Key, Sum>::value_type* last_ = nullptr;
};

void add_losses(Losses& sum, const Losses& losses) {
  static_assert(sizeof(Losses) == 15 * sizeof(std::uint64_t), "a new loss must be added up here");
  sum.call_map_full += losses.call_map_full;
  sum.folio_map_full += losses.folio_map_full;
  sum.folio_bytes += losses.folio_bytes;
  sum.folio_cpu += losses.folio_cpu;
  sum.worker_map_full += losses.worker_map_full;
  sum.worker_cpu += losses.worker_cpu;
  sum.dma_map_full += losses.dma_map_full;
  sum.queue_map_full += losses.queue_map_full;
  sum.no_task_state += losses.no_task_state;
  sum.nested_too_deep += losses.nested_too_deep;
  sum.unmatched_call_ends += losses.unmatched_call_ends;
  sum.unmatched_work_starts += losses.unmatched_work_starts;
  sum.overcounted += losses.overcounted;
  sum.missed_runs += losses.missed_runs;
  sum.refused_records += losses.refused_records;
}

void add_call(CallSum& sum, const CallEntry& entry) {
  sum.calls += entry.calls;
  sum.pages_migrated += entry.pages_migrated;
  sum.pages_failed += entry.pages_failed;
  sum.thp_migrated += entry.thp_migrated;
  sum.thp_failed += entry.thp_failed;
  sum.thp_split += entry.thp_split;
  sum.cpu += entry.cpu;
}

}  // namespace

Ledger::Ledger(std::size_t max_cgroups, Nanoseconds linger)
    : max_cgroups_(max_cgroups), linger_(linger) {
  assert(max_cgroups > 0);
}

void Ledger::add(const Window& window, const Attribution& attribution,
                 const std::map<CgroupId, Presence>& presence) {
  for (const auto& [id, account] : attribution.accounts) {
    account_for(id, presence) += account;
  }
  for (std::size_t kind = 0; kind < kernel_threads_.size(); ++kind) {
    kernel_threads_[kind] += attribution.kernel_threads[kind];
  }
  for (std::size_t cause = 0; cause < unattributed_.size(); ++cause) {
    unattributed_[cause] += attribution.unattributed[cause];
  }
  measured_ += attribution.measured;
  add_machine_sums(window);
}

Account& Ledger::account_for(CgroupId id, const std::map<CgroupId, Presence>& presence) {
  if (const auto own = accounts_.find(id); own != accounts_.end()) {
    return own->second;
  }
  const auto found = presence.find(id);
  const Presence state = found == presence.end() ? Presence::kAlive : found->second;
  if (closed_.contains(id) || state == Presence::kRemoved) {
    return removed_account_;
  }
  if (state == Presence::kUnresolved) {
    return unresolved_account_;
  }
  return accounts_.size() < max_cgroups_ ? accounts_[id] : other_account_;
}

void Ledger::add_machine_sums(const Window& window) {
  SumFinder classes(classes_);
  SumFinder flows(flows_);
  for (const FolioEntry& entry : window.folios) {
    const CopyCost cost{.bytes = entry.bytes, .folios = entry.folios, .copy_cpu = entry.cpu};
    classes[{.reason = entry.reason, .order = entry.order}] += cost;
    flows[{.source = entry.source, .destination = entry.destination}] += cost;
  }
  SumFinder calls(calls_);
  for (const CallEntry& entry : window.calls) {
    add_call(calls[{.kind = entry.initiator.kind, .reason = entry.reason}], entry);
  }
  for (const auto& [reason, histograms] : window.call_histograms) {
    call_histograms_[reason] += histograms;
  }
  add_losses(losses_, window.losses);
}

void Ledger::mark_removed(CgroupId id, Nanoseconds now) {
  if (accounts_.contains(id)) {
    removed_since_.try_emplace(id, now);
  }
}

Account& Ledger::heir_of(CgroupId id, const std::map<CgroupId, CgroupId>& heirs) {
  auto next = heirs.find(id);
  for (std::size_t left = heirs.size(); left > 0 && next != heirs.end(); --left) {
    if (const auto kept = accounts_.find(next->second); kept != accounts_.end()) {
      return kept->second;
    }
    next = heirs.find(next->second);
  }
  return removed_account_;
}

std::vector<CgroupId> Ledger::close_removed(Nanoseconds now,
                                            const std::map<CgroupId, CgroupId>& heirs) {
  std::vector<CgroupId> ids;
  for (auto removed = removed_since_.begin(); removed != removed_since_.end();) {
    const auto [id, since] = *removed;
    if (now - since < linger_) {
      ++removed;
      continue;
    }
    // Out of the map before the heir is looked up: nobody is its own heir.
    const auto account = accounts_.extract(id);
    heir_of(id, heirs) += account.mapped();
    closed_.insert(id);
    if (closed_.size() > kMaxClosed) {
      closed_.erase(closed_.begin());
    }
    removed = removed_since_.erase(removed);
    ids.push_back(id);
  }
  return ids;
}

}  // namespace pagefare
