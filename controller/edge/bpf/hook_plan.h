// SPDX-License-Identifier: Apache-2.0
// Which of our BPF programs to load on this kernel, and why. Pure: the findings are given.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "controller/core/snapshot.h"
#include "controller/ports/result.h"

namespace pagefare {

enum class LayerWish : std::uint8_t { kAuto, kPortable, kPrecise };

/// What the machine said when asked.
struct HookFindings {
  std::function<bool(const std::string& tracepoint)> has_tracepoint;
  /// Whether an empty trampoline attaches to the function; the error says why not.
  std::function<Result<void>(const std::string& function)> trampoline;
  /// Whether kprobes exist here.
  bool kprobes = false;
  /// Why folios cannot be found from page table entries; empty if they can.
  std::string no_page_array;
  /// Programs that attached and did not fire for an event they must see.
  std::set<std::string> silent;
};

struct PlannedProgram {
  std::string name;      ///< of the BPF program
  std::string hook;      ///< "tp_btf/..." or "fentry/..."
  std::string function;  ///< the trampoline's target, empty for others
  bool load = false;
  std::string why;  ///< what it is for, or why it is not loaded
};

struct HookPlan {
  Layer layer = Layer::kNone;
  std::string layer_why;
  std::string owner_program;  ///< the program that must fire when a folio moves; empty: none
  std::vector<PlannedProgram> programs;

  const PlannedProgram* find(const std::string& name) const;
};

/// Programs that wait for something to appear: attached while a copy worker function, or a DMA copy
/// function of that kind, exists.
inline constexpr const char* kOnDmaFolio = "on_dma_folio";
inline constexpr const char* kOnDmaList = "on_dma_list";
inline constexpr const char* kOnDmaDone = "on_dma_done";

/// Error: this kernel lacks what nothing can be done without; names it and the remedy.
Result<HookPlan> plan_hooks(const HookFindings& findings, LayerWish wish);

}  // namespace pagefare
