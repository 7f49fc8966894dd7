// SPDX-License-Identifier: Apache-2.0
// Every knob that we know, as data: docs/knobs.md is made from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/knobs/generation.h"

namespace pagefare::knobs {

enum class Kind : std::uint8_t {
  kSwitch,
  kCount,
  kNumber,
  kNames,
  kChoice,
  kMask,
  kList,
  kCounter
};
std::string_view name(Kind kind);

/// What a knob is for us. Only those that are not kOther are ever turned by steering.
enum class Role : std::uint8_t { kOther, kSwitch, kEngine, kThreads, kChannels, kReasons };

enum Quirk : std::uint8_t {
  kReturnsFour = 1,  ///< write(2) returns 4 whatever its length
  kIgnores = 2,      ///< values out of range are accepted and ignored
  kClamps = 4,       ///< values out of range become the nearest
  kActsAtOnce = 8,   ///< writing starts work even when the value stays: never write it again
  kNeverZero = 16,   ///< 0 is taken and does harm
};

struct KnobSpec {
  std::string_view name;  ///< "dcbm.nr_dma_chan"
  std::vector<Generation> generations;
  /// Below the directory of the generation; from the root for stock and where it begins with '/'.
  std::string_view file;
  Root root = Root::kSys;  ///< for the stock kernel's; others take their generation's
  Kind kind{};
  Role role = Role::kOther;
  std::uint32_t min = 0;  ///< for counts
  std::uint32_t max = 0;
  std::string_view range;
  std::string_view fails;   ///< how a wrong value is answered
  std::uint8_t quirks = 0;  ///< Quirk, or-ed
  std::string_view effect;  ///< one sentence: what turning it does
};

std::span<const KnobSpec> knob_table();

/// Where it is, relative to its root.
std::string path_of(const KnobSpec& knob, Generation generation);
Root root_of(const KnobSpec& knob, Generation generation);

/// "returns 4; ignores others" in words; empty without quirks.
std::string describe_quirks(std::uint8_t quirks);

/// The text of docs/knobs.md.
std::string knobs_markdown();

}  // namespace pagefare::knobs
