// SPDX-License-Identifier: Apache-2.0
// The machine's copy engines behind their knobs, of whatever generation.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/core/knobs/reading.h"
#include "controller/edge/journal/custody.h"
#include "controller/edge/journal/machine_files.h"
#include "controller/edge/knobs/dma_channels.h"
#include "controller/edge/knobs/found_knobs.h"
#include "controller/edge/knobs/grips.h"
#include "controller/edge/roots.h"
#include "controller/ports/clock.h"
#include "controller/ports/copy_engine.h"

namespace pagefare {

struct KnobPanelSettings {
  Roots roots;
  std::string run_directory = "/run/pagefare";  ///< where releases are asked for
  /// The kernel's own word for its migrator ("kernel", "DCBM", ...); nothing where it cannot be
  /// read.
  std::function<std::optional<std::string>()> migrator = nullptr;
};

class KnobPanel final : public CopyEngine {
 public:
  /// Without `custody` (observe, advise) nothing is ever written. All must outlive the panel.
  KnobPanel(KnobPanelSettings settings, MachineFiles& files, Clock& clock, Custody* custody);

  Result<KnobState> read() override;
  Result<void> turn(const steer::Knobs& to, steer::Haste haste) override;
  Result<void> admit(std::uint32_t reason_mask) override;

 private:
  void take_over_kept();
  void judge_grips();
  void look_at_engines();
  KnobState make_state(bool certain) const;
  Result<void> check_step(const FoundKnob& knob, const knobs::KnobWrite& planned,
                          steer::Haste haste) const;
  FoundKnob* knob_for(knobs::Role role, steer::Engine engine);
  Result<void> write(FoundKnob& knob, const std::string& text);
  Result<void> explain_refusal(const FoundKnob& knob, const std::string& text,
                               const Changed& changed);
  std::string likely_holder(const FoundKnob& knob) const;
  bool may_write_now(const std::string& knob);

  KnobPanelSettings settings_;
  MachineFiles& files_;
  Clock& clock_;
  Custody* custody_;
  EngineBounds bounds_;
  std::uint64_t reads_ = 0;
  std::vector<FoundKnob> found_;
  knobs::EngineReading reading_;
  knobs::SwitchHistory history_;
  Grips grips_;
  std::set<std::string> written_;  // since the last read()
  std::optional<std::uint32_t> channel_bound_;
  DmaChannels channels_;
  struct Allowance {
    double writes = 0;
    Nanoseconds since{};
  };
  std::map<std::string, Allowance> allowances_;
};

}  // namespace pagefare
