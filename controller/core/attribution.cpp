// SPDX-License-Identifier: Apache-2.0
#include "controller/core/attribution.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pagefare {
namespace {

/// A kind that this build does not know is some kernel thread: nothing may fall out of the sums.
std::size_t thread_index(InitiatorKind kind) {
  return std::min(static_cast<std::size_t>(kind),
                  static_cast<std::size_t>(InitiatorKind::kKthread));
}

Cause cause_of(Owner::Kind kind) {
  return kind == Owner::Kind::kNoMemcg ? Cause::kNoMemcg : Cause::kUnseen;
}

/// One window being folded. Accounts are found by hash while entries come in the kernel's order,
/// and put into the order of ids once at the end: a tree per entry would be most of the period.
class Fold {
 public:
  explicit Fold(ChargeRule rule, const Window& window) : rule_(rule) {
    accounts_.reserve(window.folios.size());
  }

  void add(const CallEntry& entry) {
    sums_.measured.calls += entry.calls;
    sums_.measured.pages_migrated += entry.pages_migrated;
    sums_.measured.pages_failed += entry.pages_failed;
  }

  void add(const FolioEntry& entry) {
    const CopyCost cost{.bytes = entry.bytes, .folios = entry.folios, .copy_cpu = entry.cpu};
    const Parties parties = find(entry.initiator, entry.owner);
    if (parties.initiator != nullptr) {
      parties.initiator->initiator += cost;
    } else {
      sums_.kernel_threads[thread_index(entry.initiator.kind)].initiator += cost;
    }
    if (parties.owner != nullptr) {
      parties.owner->owner += cost;
    }
    const Payer payer = choose(parties, entry.owner.kind);
    if (payer.account != nullptr) {
      payer.account->charged += cost;
    } else {
      unattributed(payer.cause).cost += cost;
    }
    measure(cost);
    sums_.measured.content_copy += entry.content;
  }

  void add(const WorkerEntry& entry) {
    const Parties parties = find(entry.requester, entry.owner);
    if (parties.initiator != nullptr) {
      parties.initiator->worker_cpu_initiated += entry.cpu;
    }
    if (parties.owner != nullptr) {
      parties.owner->worker_cpu_owned += entry.cpu;
    }
    const Payer payer = choose(parties, entry.owner.kind);
    if (payer.account != nullptr) {
      payer.account->outside_quota += entry.cpu;
    } else {
      unattributed(payer.cause).worker_cpu += entry.cpu;
    }
    sums_.measured.worker_cpu += entry.cpu;
    sums_.measured.worker_items += entry.items;
  }

  void add(const DmaEntry& entry) {
    const Payer payer = choose(find(entry.requester, entry.owner), entry.owner.kind);
    if (payer.account != nullptr) {
      payer.account->dma_bytes += entry.bytes;
      payer.account->dma_channel += entry.channel;
    } else {
      unattributed(payer.cause).dma_bytes += entry.bytes;
      unattributed(payer.cause).dma_channel += entry.channel;
    }
    sums_.measured.dma_bytes += entry.bytes;
    sums_.measured.dma_channel += entry.channel;
    sums_.measured.dma_batches += entry.batches;
    sums_.measured.dma_failures += entry.failures;
  }

  void add(const Losses& losses) {
    const CopyCost lost{.bytes = losses.folio_bytes, .folios = {}, .copy_cpu = losses.folio_cpu};
    unattributed(Cause::kMapFull).cost += lost;
    unattributed(Cause::kMapFull).worker_cpu += losses.worker_cpu;
    measure(lost);
    sums_.measured.worker_cpu += losses.worker_cpu;
  }

  Attribution take() {
    std::vector<std::pair<CgroupId, const Account*>> order;
    order.reserve(accounts_.size());
    for (const auto& [id, account] : accounts_) {
      order.emplace_back(id, &account);
    }
    std::ranges::sort(order, {}, [](const auto& entry) { return entry.first; });
    for (const auto& [id, account] : order) {
      sums_.accounts.emplace_hint(sums_.accounts.end(), id, *account);
    }
    return std::move(sums_);
  }

 private:
  /// The accounts of those who took part; null for a kernel thread and for memory of no cgroup.
  struct Parties {
    Account* initiator = nullptr;
    Account* owner = nullptr;
  };

  /// Who pays; without an account: why nobody does.
  struct Payer {
    Account* account = nullptr;
    Cause cause{};
  };

  Parties find(const Initiator& initiator, const Owner& owner) {
    Parties parties;
    if (initiator.kind == InitiatorKind::kTask) {
      parties.initiator = &accounts_[initiator.cgroup];
    }
    if (owner.kind == Owner::Kind::kCgroup) {
      const bool same = parties.initiator != nullptr && owner.cgroup == initiator.cgroup;
      parties.owner = same ? parties.initiator : &accounts_[owner.cgroup];
    }
    return parties;
  }

  Payer choose(const Parties& parties, Owner::Kind owner) const {
    switch (rule_) {
      case ChargeRule::kInitiator:
        return {.account = parties.initiator, .cause = Cause::kKernelThread};
      case ChargeRule::kOwner:
        return {.account = parties.owner, .cause = cause_of(owner)};
      case ChargeRule::kRule:
        break;
    }
    Account* account = parties.initiator != nullptr ? parties.initiator : parties.owner;
    return {.account = account, .cause = cause_of(owner)};
  }

  Unattributed& unattributed(Cause cause) {
    return sums_.unattributed[static_cast<std::size_t>(cause)];
  }

  void measure(const CopyCost& cost) {
    sums_.measured.bytes += cost.bytes;
    sums_.measured.folios += cost.folios;
    sums_.measured.copy_cpu += cost.copy_cpu;
  }

  ChargeRule rule_;
  std::unordered_map<CgroupId, Account> accounts_;
  Attribution sums_{};
};

}  // namespace

Attribution attribute(const Window& window, ChargeRule rule) {
  Fold fold(rule, window);
  for (const CallEntry& entry : window.calls) {
    fold.add(entry);
  }
  for (const FolioEntry& entry : window.folios) {
    fold.add(entry);
  }
  for (const WorkerEntry& entry : window.workers) {
    fold.add(entry);
  }
  for (const DmaEntry& entry : window.dma) {
    fold.add(entry);
  }
  fold.add(window.losses);
  return fold.take();
}

}  // namespace pagefare
