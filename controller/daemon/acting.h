// SPDX-License-Identifier: Apache-2.0
// The parts with which the machine is changed, plugged together; in observe and advise they only
// read.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "controller/daemon/daemon.h"
#include "controller/edge/bpf/migrator_name.h"
#include "controller/edge/config.h"
#include "controller/edge/journal/custody.h"
#include "controller/edge/knobs/knob_panel.h"
#include "controller/edge/levers/kernel_levers.h"
#include "controller/ports/clock.h"
#include "controller/ports/result.h"

namespace pagefare {

class Acting {
 public:
  /// In enforce: takes the journal and undoes what a crash left. In the other modes a machine that
  /// a crash left changed is put right too, where the state directory can be had, and nothing else.
  /// `clock` must outlive it. Error: enforce without a journal.
  static Result<std::unique_ptr<Acting>> open(const Config& config, const DaemonOptions& options,
                                              Clock& clock);

  CopyEngine& engine() { return *panel_; }
  /// What holds cgroups to their budgets; null in observe and advise, and where no hierarchy of
  /// memory cgroups is found.
  Levers* levers() { return levers_.get(); }
  /// The right to write; null in observe and advise.
  Custody* custody() { return custody_ ? &*custody_ : nullptr; }

  /// The orderly end: what on_stop says.
  void finish();

 private:
  Acting() = default;

  SystemFiles files_;
  std::optional<Custody> custody_;
  std::unique_ptr<MigratorName> migrator_;
  std::unique_ptr<KnobPanel> panel_;
  std::unique_ptr<KernelLevers> levers_;
};

}  // namespace pagefare
