// SPDX-License-Identifier: Apache-2.0
// What is shown of the machine's knobs, and what the copy engines behind them really do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/steer/setting.h"
#include "controller/core/steer/view.h"

namespace pagefare {

/// Whose value a knob has.
enum class Grip : std::uint8_t {
  kFound,   ///< never written by us: whatever the machine had
  kOurs,    ///< we wrote it last
  kTheirs,  ///< somebody else changed what we wrote; left alone until released
};

/// One knob, as listed by `pagefare knobs`.
struct KnobRow {
  std::string name;        ///< "pagefare_copy.threads": unique on a machine
  std::string generation;  ///< "pagefare_copy", "dcbm V5", "cpu_mt V3", "stock"
  std::string path;
  std::string value;  ///< as it reads back, without the line's end; empty when not readable
  std::string range;  ///< "1, 2, 4, ... 64"
  std::string error;  ///< why it could not be read; empty when it could
  Grip grip = Grip::kFound;
  std::int64_t theirs_since_unix_ns = 0;  ///< set for kTheirs only
  std::string ours;                       ///< what we wrote last; empty if never
  std::string effect;                     ///< one sentence: what turning it does
};

/// A setting of the machine that does harm or does not do what it says.
struct KnobAlarm {
  enum class Kind : std::uint8_t {
    kLosesData,   ///< a thread count that does not divide the folio size: bytes are not copied
    kNotActive,   ///< a knob says on and nobody offloads
    kConflict,    ///< somebody else holds a knob that we would turn
    kUnreadable,  ///< a knob that is there cannot be read
  };
  Kind kind{};
  std::string knob;      ///< KnobRow::name
  std::string sentence;  ///< what is wrong, and the remedy in one line
};

/// All of it, as read at the end of a period.
struct KnobState {
  std::vector<KnobRow> rows;
  std::vector<KnobAlarm> alarms;
  /// What the engines offer, the unmodified kernel included; empty space when there is no engine.
  std::vector<steer::Setting> offered;
  steer::Knobs knobs;     ///< as read back
  steer::Setting active;  ///< what really copies, whatever the knobs read
  steer::Held held;
  bool has_reason_mask = false;
  std::uint32_t reason_mask = 0;  ///< 1 << MigrateReason; meaningful with has_reason_mask
};

}  // namespace pagefare
