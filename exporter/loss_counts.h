// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "controller/core/window.h"

namespace pagefare {

struct LossCount {
  std::string_view name;
  std::uint64_t events = 0;
};

/// What was lost, as counts of events with the names that metrics and JSON use. Sizes that belong
/// to a loss (folio_bytes, folio_cpu, worker_cpu) and `overcounted` pages are not events and not
/// here.
inline std::array<LossCount, 11> loss_counts(const Losses& losses) {
  return {{{"call_map_full", losses.call_map_full},
           {"folio_map_full", losses.folio_map_full},
           {"worker_map_full", losses.worker_map_full},
           {"dma_map_full", losses.dma_map_full},
           {"queue_map_full", losses.queue_map_full},
           {"no_task_state", losses.no_task_state},
           {"nested_too_deep", losses.nested_too_deep},
           {"unmatched_call_ends", losses.unmatched_call_ends},
           {"unmatched_work_starts", losses.unmatched_work_starts},
           {"missed_runs", losses.missed_runs},
           {"refused_records", losses.refused_records}}};
}

}  // namespace pagefare
