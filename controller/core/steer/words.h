// SPDX-License-Identifier: Apache-2.0
// A decision in words and numbers, for people who ask why.
#pragma once

#include "controller/core/steer/choose.h"
#include "controller/core/steer/decision.h"
#include "controller/core/steer/knowledge.h"
#include "controller/core/steer/outlook.h"

namespace pagefare::steer {

/// What a decision was made from.
struct Circumstances {
  const Knowledge& knowledge;
  const Mix& mix;
  const Outlook& outlook;
  double worker_cap;
  std::size_t current;
  std::size_t fastest;
  std::size_t target;
  const Candidates& usable;
};

/// Fills in the sentence, the settings considered and what each class loses.
void put_in_words(const Circumstances& around, Decision& decision);

/// The setting that stands for one CPU copying: one thread, or the kernel itself.
std::size_t one_worker(const SettingSpace& space);

}  // namespace pagefare::steer
