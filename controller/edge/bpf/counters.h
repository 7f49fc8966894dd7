// SPDX-License-Identifier: Apache-2.0
// The maps that the BPF programs count in, read as what one period added.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bpf/abi.h"
#include "controller/edge/bpf/counter_map.h"
#include "controller/edge/bpf/programs.h"
#include "controller/edge/bpf/window_entries.h"

namespace pagefare {

class Counters {
 public:
  /// Error: a map's records are not of the size this build knows.
  static Result<Counters> open(const Programs& programs);

  /// Puts into `window` what was counted and lost since the last successful call.
  Result<void> read(const Programs& programs, Window& window);

  /// Drops the entries of cgroups that are gone; what they still counted is told by the next read.
  void forget(const std::vector<CgroupId>& ids);

  /// Entries of a map that has keys, 0 for any other.
  std::uint64_t entries(const std::string& map) const;

  /// The programs were replaced: the kernel counts their missed runs from 0 again.
  void restart_missed_runs() { last_missed_ = 0; }

 private:
  using Calls = CounterMap<abi_call_key, abi_call_value>;
  using FolioMoves = CounterMap<abi_folio_key, abi_folio_value>;
  using Workers = CounterMap<abi_worker_key, abi_worker_value>;
  using Dma = CounterMap<abi_dma_key, abi_dma_value>;
  using Histograms = CounterMap<abi_reason_key, abi_call_histograms>;

  Counters(Calls calls, Histograms histograms, FolioMoves folios, Workers workers, Dma dma)
      : calls_(std::move(calls)),
        histograms_(std::move(histograms)),
        folios_(std::move(folios)),
        workers_(std::move(workers)),
        dma_(std::move(dma)) {}

  Result<void> read_entries(Window& window);
  Result<void> read_histograms(Window& window);
  Result<void> read_losses(const Programs& programs, Window& window);

  Calls calls_;
  Histograms histograms_;
  FolioMoves folios_;
  Workers workers_;
  Dma dma_;
  Window untold_;  ///< read, but not all of its period could be
  LossCounts last_losses_{};
  std::uint64_t last_missed_ = 0;
};

}  // namespace pagefare
