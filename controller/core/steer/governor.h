// SPDX-License-Identifier: Apache-2.0
// The governor: one value that holds what was learned and what is under way, and one function that
// turns a period's view into a decision. The same views give the same decisions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "controller/core/steer/accounts.h"
#include "controller/core/steer/choose.h"
#include "controller/core/steer/decision.h"
#include "controller/core/steer/knowledge.h"
#include "controller/core/steer/manners.h"
#include "controller/core/steer/outlook.h"
#include "controller/core/steer/pressure.h"
#include "controller/core/steer/restrain.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

class Governor {
 public:
  Governor(SettingSpace space, Wants wants, Manners manners = {});

  /// Call before the first decision.
  void learn_prior(const std::vector<PriorRow>& rows, PriorSource source) {
    knowledge_.learn_prior(rows, source);
  }
  /// Views come in order of their periods.
  Decision decide(const View& view);

  const Knowledge& knowledge() const { return knowledge_; }

 private:
  struct UnderWay {
    Trial trial;
    std::uint32_t seen = 0;  ///< periods measured at the trial's setting
  };
  struct Choice {
    std::size_t target = 0;
    Rule rule = Rule::kHold;
  };
  /// What one period's choice is made from.
  struct Scene {
    const View& view;
    const Outlook& outlook;
    const Worth& worth;
    Candidates usable;
    std::size_t current = 0;
    std::size_t best = 0;  ///< for the objective
    std::size_t fastest = 0;
    std::size_t preferred = 0;  ///< the best, or the current one where that is as good
  };

  Surprise learn(const View& view);
  bool update_mix(const View& view);
  void open_search(const View& view, Surprise surprise, bool other_mix);
  bool searching(const View& view) const { return view.period < search_until_; }
  bool usable(const View& view, Setting setting) const;
  Scene survey(const View& view, const Outlook& outlook, const Worth& worth) const;
  std::size_t prefer(const Scene& scene) const;
  bool rested(const View& view) const;
  Choice choose(const Scene& scene);
  bool trial_goes_on(const Scene& scene);
  std::optional<Trial> look_for_trial(const Scene& scene) const;
  Knobs restrain(const View& view, std::size_t current, std::size_t target);
  void anchor_when_settled(const View& view, std::size_t current);
  Decision rest(const View& view, Rule rule, const char* sentence);

  Knowledge knowledge_;
  Wants wants_;
  Manners manners_;
  Mix mix_;
  WorkerCap cap_;
  Accounts accounts_;
  std::uint64_t decisions_ = 0;
  std::uint64_t search_until_ = 0;
  std::uint64_t cap_search_at_ = 0;
  std::uint64_t moved_at_ = 0;
  std::optional<UnderWay> trial_;
  std::optional<std::size_t> heading_;  ///< a move under way, several steps long
  bool search_open_ = false;
  std::optional<std::size_t> home_;  ///< in use when the machine last changed
};

}  // namespace pagefare::steer
