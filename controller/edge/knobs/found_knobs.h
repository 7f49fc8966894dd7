// SPDX-License-Identifier: Apache-2.0
// The knobs that this machine has, and what they read now.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/knobs/knob_spec.h"
#include "controller/core/knobs/reading.h"
#include "controller/core/knobs/state.h"
#include "controller/edge/journal/comparison.h"
#include "controller/edge/journal/machine_files.h"
#include "controller/edge/roots.h"

namespace pagefare {

struct FoundKnob {
  const knobs::KnobSpec* spec = nullptr;
  knobs::Generation generation{};
  KnobRow row;
};

/// Every knob that is there, with what it reads: nothing is kept from call to call, since modules
/// come and go. A file that is there and cannot be read is a row with an error.
std::vector<FoundKnob> find_knobs(const Roots& roots, MachineFiles& files);

/// What of the machine bounds the engines.
struct EngineBounds {
  std::uint32_t cpus = 1;                   ///< online
  std::uint32_t cpus_of_smallest_node = 1;  ///< of those nodes that have any
  bool has_channels = false;                ///< an engine could take one
};
/// All but has_channels, which DmaChannels knows.
EngineBounds find_bounds(const Roots& roots, MachineFiles& files);

/// The copy engines among the knobs; `active` is left as kKernel.
knobs::EngineReading engines_of(const std::vector<FoundKnob>& found, const EngineBounds& bounds);

Comparison comparison_of(knobs::Kind kind);

}  // namespace pagefare
