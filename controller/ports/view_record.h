// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "controller/core/steer/decision.h"
#include "controller/core/steer/knowledge.h"
#include "controller/core/steer/setting.h"
#include "controller/core/steer/view.h"

namespace pagefare {

/// Everything that a governor starts from.
struct GovernorTerms {
  std::vector<steer::Setting> offered;
  steer::Wants wants;
  std::vector<steer::PriorRow> prior;
  steer::PriorSource prior_source = steer::PriorSource::kOtherMachine;
};

/// Keeps what a governor saw, so that the same run can be decided again. A record that fails stops
/// by itself; steering does not depend on it.
class ViewRecord {
 public:
  ViewRecord() = default;
  ViewRecord(const ViewRecord&) = delete;
  ViewRecord& operator=(const ViewRecord&) = delete;
  virtual ~ViewRecord() = default;

  /// A governor begins anew: all views from here on are its.
  virtual void begin(const GovernorTerms& terms) = 0;
  virtual void note(const steer::View& view, const steer::Decision& decision) = 0;
};

}  // namespace pagefare
