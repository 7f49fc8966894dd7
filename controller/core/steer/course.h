// SPDX-License-Identifier: Apache-2.0
// Where the governor is going: when it searches, what it tries, when it moves and when it stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "controller/core/steer/decision.h"
#include "controller/core/steer/knowledge.h"
#include "controller/core/steer/scene.h"

namespace pagefare::steer {

/// What was noticed in a period, beside the measurements themselves.
struct Notice {
  Surprise surprise = 0.0;  ///< the machine changed
  bool other_mix = false;   ///< the workload changed
  bool other_cap = false;   ///< settings went out of reach, or came into it
};

struct Choice {
  std::size_t target = 0;
  Rule rule = Rule::kHold;
};

class Course {
 public:
  /// After a change what was learned may no longer hold: for a while the settings may be tried one
  /// after the other, as far as the account of searches pays for it.
  void notice(const Notice& notice, std::size_t current, std::uint64_t period,
              const Manners& manners, Accounts& accounts);
  Choice choose(const Scene& scene);
  /// The setting in use will be another one in the next period.
  void moved(std::uint64_t period) { moved_at_ = period; }

  bool searching(std::uint64_t period) const { return period < search_until_; }
  bool trying() const { return trial_.has_value(); }

 private:
  struct UnderWay {
    Trial trial;
    std::uint32_t seen = 0;   ///< periods measured at the trial's setting
    std::uint64_t until = 0;  ///< given up then, should the setting never come into use
  };
  struct Journey {
    std::size_t target = 0;
    std::uint64_t until = 0;
  };

  bool rested(const Scene& scene) const;
  bool may_be_accident(const Scene& scene, Gap ahead) const;
  std::size_t prefer(const Scene& scene) const;
  TrialTerms terms(const Scene& scene, std::size_t preferred) const;
  std::optional<Trial> look_for_trial(const Scene& scene, std::size_t preferred) const;
  bool trial_goes_on(const Scene& scene);
  static Rule why_stay(const Scene& scene);
  Choice move(const Scene& scene, std::size_t preferred);

  std::uint64_t search_until_ = 0;
  bool search_open_ = false;  ///< also in the one period after its end, for the way back
  std::uint64_t cap_search_at_ = 0;
  std::uint64_t moved_at_ = 0;
  std::optional<UnderWay> trial_;
  std::optional<Journey> journey_;   ///< a move of several steps
  std::optional<std::size_t> home_;  ///< in use when the machine last changed
};

}  // namespace pagefare::steer
