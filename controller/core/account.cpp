// SPDX-License-Identifier: Apache-2.0
// Names and sums of the values in attribution.h.
#include "controller/core/attribution.h"

namespace pagefare {

std::string_view name(ChargeRule rule) {
  switch (rule) {
    case ChargeRule::kRule:
      return "rule";
    case ChargeRule::kInitiator:
      return "initiator";
    case ChargeRule::kOwner:
      return "owner";
  }
  return "unknown";
}

std::optional<ChargeRule> parse_charge_rule(std::string_view text) {
  for (const ChargeRule rule : {ChargeRule::kRule, ChargeRule::kInitiator, ChargeRule::kOwner}) {
    if (name(rule) == text) {
      return rule;
    }
  }
  return std::nullopt;
}

std::string_view name(Cause cause) {
  switch (cause) {
    case Cause::kUnseen:
      return "unseen";
    case Cause::kNoMemcg:
      return "no_memcg";
    case Cause::kKernelThread:
      return "kernel_thread";
    case Cause::kMapFull:
      return "map_full";
  }
  return "unknown";
}

Account& Account::operator+=(const Account& other) {
  initiator += other.initiator;
  owner += other.owner;
  charged += other.charged;
  worker_cpu_initiated += other.worker_cpu_initiated;
  worker_cpu_owned += other.worker_cpu_owned;
  outside_quota += other.outside_quota;
  dma_bytes += other.dma_bytes;
  dma_channel += other.dma_channel;
  return *this;
}

Unattributed& Unattributed::operator+=(const Unattributed& other) {
  cost += other.cost;
  worker_cpu += other.worker_cpu;
  dma_bytes += other.dma_bytes;
  dma_channel += other.dma_channel;
  return *this;
}

Totals& Totals::operator+=(const Totals& other) {
  calls += other.calls;
  pages_migrated += other.pages_migrated;
  pages_failed += other.pages_failed;
  bytes += other.bytes;
  folios += other.folios;
  copy_cpu += other.copy_cpu;
  content_copy += other.content_copy;
  worker_cpu += other.worker_cpu;
  worker_items += other.worker_items;
  dma_bytes += other.dma_bytes;
  dma_channel += other.dma_channel;
  dma_batches += other.dma_batches;
  dma_failures += other.dma_failures;
  return *this;
}

}  // namespace pagefare
