// SPDX-License-Identifier: Apache-2.0
// From the border's records to the core's values. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "bpf/abi.h"
#include "controller/core/window.h"

namespace pagefare {

CallEntry to_entry(const abi_call_key& key, const abi_call_value& added);
FolioEntry to_entry(const abi_folio_key& key, const abi_folio_value& added);
WorkerEntry to_entry(const abi_worker_key& key, const abi_worker_value& added);
DmaEntry to_entry(const abi_dma_key& key, const abi_dma_value& added);

CallHistograms to_histograms(const abi_call_histograms& added);

using LossCounts = std::array<std::uint64_t, ABI_LOSSES>;

/// `missed_runs` is not in the kernel's array and stays 0.
Losses to_losses(const LossCounts& added);

/// A record that no kernel program of this version writes (an initiator kind out of range).
bool is_refused(std::uint8_t kind);

}  // namespace pagefare
