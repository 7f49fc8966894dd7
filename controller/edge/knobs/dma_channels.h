// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "controller/edge/journal/machine_files.h"
#include "controller/edge/roots.h"
#include "controller/ports/clock.h"

namespace pagefare {

/// Whether a copy engine could take a DMA channel now. Sysfs tells which channels there are and
/// which are taken, not which of them copy memory to memory: that the engine tells by ENODEV. So a
/// refusal counts for the channels that were free then, and for ten minutes.
class DmaChannels {
 public:
  void look(const Roots& roots, MachineFiles& files, Nanoseconds now);
  /// The engine was turned on and none of the free channels would do.
  void refused(Nanoseconds now);
  void forget_refusal() { refused_.clear(); }

  /// A free channel that was not refused, as of the last look.
  bool any() const;

 private:
  std::set<std::string> free_;
  std::set<std::string> refused_;
  Nanoseconds refused_at_{};
};

}  // namespace pagefare
