// SPDX-License-Identifier: Apache-2.0
#include "controller/loop/warnings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace pagefare {
namespace {

struct NamedLoss {
  std::string_view name;
  std::uint64_t value;
};

std::array<NamedLoss, 15> by_name(const Losses& losses) {
  static_assert(sizeof(Losses) == 15 * sizeof(std::uint64_t), "a new loss needs a name here");
  const auto nanoseconds = [](Nanoseconds time) {
    return static_cast<std::uint64_t>(time.count());
  };
  return {{
      {"calls not kept, map full", losses.call_map_full},
      {"folio entries not kept, map full", losses.folio_map_full},
      {"bytes charged to nobody, map full", losses.folio_bytes.value},
      {"ns of copying charged to nobody, map full", nanoseconds(losses.folio_cpu)},
      {"worker items not kept, map full", losses.worker_map_full},
      {"ns of worker time charged to nobody, map full", nanoseconds(losses.worker_cpu)},
      {"DMA batches not kept, map full", losses.dma_map_full},
      {"queued work items not kept, map full", losses.queue_map_full},
      {"calls without task state", losses.no_task_state},
      {"calls nested too deep", losses.nested_too_deep},
      {"ends of calls whose start was not seen", losses.unmatched_call_ends},
      {"work items whose queueing was not seen", losses.unmatched_work_starts},
      {"pages counted beyond what the calls moved", losses.overcounted.value},
      {"program runs skipped by the kernel", losses.missed_runs},
      {"map records refused for their shape", losses.refused_records},
  }};
}

/// 987654 parts per million as "98.76", rounded down.
std::string percent(std::uint32_t ppm) {
  const std::string hundredths = std::to_string(ppm / 100 % 100);
  return std::to_string(ppm / 10'000) + (hundredths.size() < 2 ? ".0" : ".") + hundredths;
}

std::string_view explain(Cause cause) {
  switch (cause) {
    case Cause::kUnseen:
      return "no hook saw whose memory it was";
    case Cause::kNoMemcg:
      return "the memory is charged to no memcg and the kernel asked";
    case Cause::kKernelThread:
      return "kernel threads asked and the charge rule is \"initiator\"";
    case Cause::kMapFull:
      return "it fell out of a full map";
  }
  return "of an unknown cause";
}

/// A cause weighs as much as its share of bytes or its share of time, whichever is larger.
Cause biggest_cause(const Snapshot& snapshot) {
  const auto weight = [&snapshot](const Unattributed& part) {
    const auto share = [](double amount, double whole) { return whole > 0 ? amount / whole : 0; };
    return std::max(share(static_cast<double>(part.cost.bytes.value),
                          static_cast<double>(snapshot.totals.bytes.value)),
                    share(static_cast<double>(part.cost.copy_cpu.count()),
                          static_cast<double>(snapshot.totals.copy_cpu.count())));
  };
  const auto& causes = snapshot.unattributed;
  const auto* const biggest = std::ranges::max_element(causes, {}, weight);
  return static_cast<Cause>(biggest - causes.begin());
}

}  // namespace

std::optional<std::string> warn_of_incompleteness(const Snapshot& snapshot) {
  const std::uint32_t ppm = completeness_ppm(snapshot);
  if (ppm >= kCompleteEnoughPpm) {
    return std::nullopt;
  }
  const Cause cause = biggest_cause(snapshot);
  return "Only " + percent(ppm) +
         " % of the measured migration is charged to a cgroup; most of the rest (" +
         std::string(name(cause)) + ") is not because " + std::string(explain(cause)) + ".";
}

std::optional<std::string> warn_of_losses(const Losses& losses) {
  std::string list;
  for (const NamedLoss& loss : by_name(losses)) {
    if (loss.value > 0) {
      list +=
          (list.empty() ? "" : ", ") + std::to_string(loss.value) + " " + std::string(loss.name);
    }
  }
  if (list.empty()) {
    return std::nullopt;
  }
  return "Not everything could be counted in the last period: " + list + ".";
}

std::optional<std::string> warn_of_missing_names(const Snapshot& snapshot) {
  const PodNamesStatus& names = snapshot.pod_names;
  if (!names.wanted || names.complete || names.last_error.empty()) {
    return std::nullopt;
  }
  return "names of pods may be missing or old: " + names.last_error;
}

std::optional<std::string> warn_of_missing_labels(const Snapshot& snapshot) {
  const std::string& error = snapshot.pod_names.labels_error;
  if (error.empty()) return std::nullopt;
  return "budgets by labels of namespaces may be missing or old: " + error;
}

std::optional<std::string> warn_of_pod_faults(const fair::FairState& fair) {
  constexpr std::size_t kShown = 3;
  if (fair.pod_faults.empty()) return std::nullopt;
  std::string list;
  for (std::size_t i = 0; i < std::min(kShown, fair.pod_faults.size()); ++i) {
    list += (i == 0 ? "" : "; ") + fair.pod_faults[i];
  }
  const std::size_t more = fair.pod_faults.size() - std::min(kShown, fair.pod_faults.size());
  return "budgets of pods: " + list + (more > 0 ? "; and " + std::to_string(more) + " more" : "");
}

std::string warn_of_failure(const Health& health) {
  return "The kernel's counters could not be read in the last period (" +
         std::to_string(health.failed_periods) + " of " + std::to_string(health.periods) +
         " periods failed), so the sums stand still: " + health.last_error;
}

}  // namespace pagefare
