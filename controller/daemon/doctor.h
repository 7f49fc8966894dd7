// SPDX-License-Identifier: Apache-2.0
// What this machine has of what pagefare needs and can use.
#pragma once

#include <string>
#include <vector>

#include "controller/edge/config.h"
#include "controller/edge/roots.h"
#include "controller/ports/clock.h"

namespace pagefare {

struct Finding {
  std::string name;
  bool required = false;
  bool ok = false;
  std::string why;     ///< what was found, one clause
  std::string remedy;  ///< what to do about it; empty when ok or when nothing can be done
  bool alarm = false;  ///< something is set that does harm or does not do what it says
};

/// Asks the machine, loading and attaching the BPF programs for a moment.
std::vector<Finding> examine(const Config& config, const Roots& roots, Clock& clock);

/// Whether every required finding is ok: whether `pagefare run` can work.
bool can_run(const std::vector<Finding>& findings);

/// For people; `colour` shows alarms and what is required and missing in red.
std::string findings_text(const std::vector<Finding>& findings, bool colour);
std::string findings_json(const std::vector<Finding>& findings);

}  // namespace pagefare
