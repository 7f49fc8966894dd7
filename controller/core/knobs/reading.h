// SPDX-License-Identifier: Apache-2.0
// What the knobs of the copy engines read, what really copies, and which writes lead to a setting.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/knobs/generation.h"
#include "controller/core/knobs/knob_spec.h"
#include "controller/core/knobs/state.h"
#include "controller/core/steer/setting.h"

namespace pagefare::knobs {

/// One engine of the machine.
struct Driver {
  bool there = false;
  Generation generation{};
  bool has_switch = false;
  bool on = false;  ///< its switch reads 1
  std::optional<std::uint32_t> count;
  std::uint32_t max = 0;  ///< most workers that may be asked for
};

struct EngineReading {
  std::array<Driver, steer::kEngines>
      drivers;              ///< by steer::Engine; that of kKernel is never there
  bool one_module = false;  ///< both engines are pagefare_copy's, behind one switch
  steer::Engine chosen = steer::Engine::kKernel;  ///< pagefare_copy's engine; kKernel is "serial"
  steer::Engine active = steer::Engine::kKernel;  ///< what really copies

  Driver& driver(steer::Engine engine) { return drivers[static_cast<std::size_t>(engine)]; }
  const Driver& driver(steer::Engine engine) const {
    return drivers[static_cast<std::size_t>(engine)];
  }
};

/// The settings that may be asked for: powers of two up to each driver's most.
std::vector<steer::Setting> offers(const EngineReading& reading);
steer::Knobs knobs_of(const EngineReading& reading);

struct KnobWrite {
  Role role{};
  steer::Engine engine{};  ///< whose driver; for a role that both share either
  std::string text;
};

/// In the order that is safe for the generations: counts, other switches off, the engine, its
/// switch on. No knob twice: a switch that reads 1 while nobody offloads is turned off here, and on
/// again by the next plan. Counts that are no power of two are not planned.
std::vector<KnobWrite> plan(const EngineReading& now, const steer::Knobs& to);

/// Who copies, told from the switches alone where the kernel's own word cannot be read: the last
/// one that was seen turned on, nobody after any was turned off (the kernel goes back to itself
/// then).
class SwitchHistory {
 public:
  /// Switches as read now. Precondition: called each time they are read.
  steer::Engine infer(const EngineReading& reading);

 private:
  bool seen_ = false;
  std::array<bool, steer::kEngines> on_{};
  steer::Engine last_ = steer::Engine::kKernel;
};

/// The engine that the kernel names as its migrator: "kernel", "CPU_MT_COPY", "DCBM".
std::optional<steer::Engine> engine_of_migrator(std::string_view name);

/// Whether `count` threads leave bytes of some folio uncopied.
bool loses_bytes(const Driver& driver, std::uint32_t cpus_of_smallest_node);

/// The mask's names in the kernel's order, "none" for 0, and back. Unknown names are passed over.
std::string reason_names(std::uint32_t mask);
std::uint32_t reason_mask(std::string_view names);

}  // namespace pagefare::knobs
