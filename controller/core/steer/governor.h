// SPDX-License-Identifier: Apache-2.0
// The governor: one value that holds what was learned and what is under way, and one function that
// turns a period's view into a decision. The same views give the same decisions.
#pragma once

#include <cstdint>
#include <vector>

#include "controller/core/steer/accounts.h"
#include "controller/core/steer/course.h"
#include "controller/core/steer/decision.h"
#include "controller/core/steer/knowledge.h"
#include "controller/core/steer/manners.h"
#include "controller/core/steer/outlook.h"
#include "controller/core/steer/pressure.h"
#include "controller/core/steer/restrain.h"
#include "controller/core/steer/scene.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

class Governor {
 public:
  Governor(SettingSpace space, Wants wants, Manners manners = {});

  /// Call before the first decision.
  void learn_prior(const std::vector<PriorRow>& rows, PriorSource source) {
    knowledge_.learn_prior(rows, source);
  }
  /// Views come in order of their periods. What is decided for the next period is Decision::write;
  /// whether it is carried out is seen in the next view.
  Decision decide(const View& view);

  const Knowledge& knowledge() const { return knowledge_; }

 private:
  Surprise learn(const View& view);
  bool update_mix(const View& view);
  /// No call ended, but one may be under way whose workers are too many now.
  bool may_be_under_way(const View& view) const;
  Scene survey(const View& view, const Outlook& outlook, const Worth& worth) const;
  Haste haste_in(const Scene& scene) const;
  Setting next_stop(const Scene& scene, std::size_t target, Haste haste) const;
  Knobs restrain(const Scene& scene, std::size_t target, Haste haste);
  void settle_accounts(const Scene& scene);
  Decision rest(const View& view, Rule rule, const char* sentence);

  Knowledge knowledge_;
  Wants wants_;
  Manners manners_;
  Mix mix_;
  WorkerCap cap_;
  Accounts accounts_;
  Course course_;
  std::uint64_t copied_at_ = 0;  ///< the last period in which something was
  std::uint64_t decisions_ = 0;
};

}  // namespace pagefare::steer
