// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/knowledge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace pagefare::steer {
namespace {

constexpr std::size_t kMaxClasses = 256;
constexpr Spread kOtherMachine{2.0, 0.25, 0.6, 0.25, 0.04, 0.15, 0.12};
constexpr Spread kThisMachine{0.3, 0.05, 0.1, 0.03, 0.005, 0.02, 0.02};
constexpr double kPriorRowVariance = 0.05 * 0.05;
constexpr double kMostDeparture = 1.0;  ///< of a prior from the law, in standard deviations
/// A prior class is taken before one learned here that is so much farther away.
constexpr double kOtherMachinePenalty = 2.0;
constexpr double kThisMachinePenalty = 0.05;
constexpr double kLeastDistance = 0.15;
constexpr double kForgettingPeriods = 200.0;  ///< absence beyond this makes nothing less certain

constexpr double kMinNoiseVariance = 0.01 * 0.01;
constexpr double kMaxNoiseVariance = 1.5 * 1.5;
constexpr double kMaxNoiseWeight = 400.0;

// A cumulative sum of surprises in standard deviations. No single sample counts for more than
// kMostSurprise, so one outlier can never reach the limit.
constexpr double kMostSurprise = 4.0;
constexpr double kAllowance = 1.0;
constexpr double kAlarm = 5.0;
constexpr double kLawful = 2.5;              ///< standard deviations
constexpr std::uint32_t kSamplesToKnow = 2;  ///< before that, a surprise is only a wrong guess
constexpr double kSlowChange = 0.12;
constexpr double kGreatestChange = 1.5;

constexpr double kBusyWeight = 0.2;
constexpr double kGuessedDmaBusy = 0.25;  ///< a channel's submitter, until it was measured

double log_rate_of(const ClassSample& sample) {
  return std::log(static_cast<double>(sample.bytes.value) /
                  static_cast<double>(sample.copy.count()));  // bytes per ns = GB/s
}

double step(double from, double to) {
  return std::abs(std::log2(std::max(1.0, from)) - std::log2(std::max(1.0, to)));
}

}  // namespace

double distance(const CopyClass& a, const CopyClass& b) {
  const double size = step(static_cast<double>(a.folio_bytes), static_cast<double>(b.folio_bytes));
  const double batch = step(static_cast<double>(a.folios), static_cast<double>(b.folios));
  return (size + batch) / 3.0 + (a.reason == b.reason ? 0.0 : 0.1);
}

Knowledge::Knowledge(SettingSpace space) : space_(std::move(space)), law_(make_law(space_)) {}

/// Another machine's figures, less what is beyond the law's own expectation of any machine: there a
/// neighbour or a fault was measured. Each class by the row with the fewest workers.
std::vector<PriorRow> Knowledge::plausible(std::vector<PriorRow> rows) const {
  std::map<CopyClass, std::pair<std::size_t, double>> anchors;
  const auto departure = [this](const PriorRow& row, std::size_t setting) {
    return std::log(row.gbps) - law_.shape[setting];
  };
  for (const PriorRow& row : rows) {
    const auto setting = space_.find(row.setting);
    if (setting && row.gbps > 0.0) {
      const std::pair here{*setting, departure(row, *setting)};
      auto& anchor = anchors.try_emplace(row.copy_class, here).first->second;
      anchor = std::min(anchor, here);
    }
  }
  const std::size_t n = space_.size();
  for (PriorRow& row : rows) {
    const auto setting = space_.find(row.setting);
    if (!setting || !(row.gbps > 0.0)) {
      continue;
    }
    const auto& [at, level] = anchors.at(row.copy_class);
    const double variance = law_.unknown[*setting * n + *setting] + law_.unknown[at * n + at] -
                            2.0 * law_.unknown[*setting * n + at];
    const double most = kMostDeparture * std::sqrt(std::max(0.0, variance));
    const double kept = std::clamp(departure(row, *setting), level - most, level + most);
    row.gbps = std::exp(kept + law_.shape[*setting]);
  }
  return rows;
}

void Knowledge::learn_prior(const std::vector<PriorRow>& rows, PriorSource source) {
  const bool own = source == PriorSource::kThisMachine;
  prior_penalty_ = own ? kThisMachinePenalty : kOtherMachinePenalty;
  for (const PriorRow& row : own ? rows : plausible(rows)) {
    const auto setting = space_.find(row.setting);
    if (!setting || !(row.gbps > 0.0)) {
      continue;
    }
    auto [place, fresh] = prior_.try_emplace(row.copy_class, law_.shape, law_.unknown);
    place->second.observe(*setting, std::log(row.gbps), kPriorRowVariance);
  }
  const Matrix doubt = steer::covariance(space_, own ? kThisMachine : kOtherMachine);
  for (auto& [copy_class, belief] : prior_) {
    belief.loosen(doubt, 1.0);
  }
}

ClassKnowledge Knowledge::introduce(const CopyClass& copy_class) const {
  const Belief* nearest = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& [other, known] : classes_) {
    if (const double d = distance(copy_class, other); d < least) {
      least = d;
      nearest = &known.belief;
    }
  }
  const Belief* like = nullptr;
  double likeness = std::numeric_limits<double>::infinity();
  for (const auto& [other, belief] : prior_) {
    if (const double d = distance(copy_class, other); d < likeness) {
      likeness = d;
      like = &belief;
    }
  }
  ClassKnowledge known;
  if (like != nullptr && likeness + prior_penalty_ < least) {
    known.belief = *like;
    known.belief.loosen(law_.unlike, likeness);
  } else if (nearest != nullptr) {
    known.belief = *nearest;
    known.belief.loosen(law_.unlike, std::max(1.0, misfit_) * std::max(least, kLeastDistance));
  } else {
    known.belief = Belief(law_.shape, law_.unknown);
  }
  known.belief.forget_samples();
  known.busy_cpus.resize(space_.size());
  return known;
}

void Knowledge::make_room() {
  if (classes_.size() < kMaxClasses) {
    return;
  }
  const auto oldest = std::ranges::min_element(
      classes_, {}, [](const auto& entry) { return entry.second.last_period; });
  classes_.erase(oldest);
}

void Knowledge::learn_noise(const ClassKnowledge& known, std::size_t setting, double log_rate,
                            std::uint64_t period) {
  const bool in_a_row = known.last_setting == setting && known.last_period + 1 == period;
  if (!in_a_row) {
    return;
  }
  const double difference = log_rate - known.last_log_rate;
  // Clipped, so that a sudden change of the machine is not taken for noise.
  const double seen = std::min(difference * difference / 2.0, 9.0 * noise_variance_);
  noise_variance_ += (seen - noise_variance_) / noise_weight_;
  noise_variance_ = std::clamp(noise_variance_, kMinNoiseVariance, kMaxNoiseVariance);
  noise_weight_ = std::min(noise_weight_ + 1.0, kMaxNoiseWeight);
}

Surprise Knowledge::learn(const ClassSample& sample, std::size_t setting, std::uint64_t period) {
  auto place = classes_.find(sample.copy_class);
  if (place == classes_.end()) {
    make_room();
    place = classes_.emplace(sample.copy_class, introduce(sample.copy_class)).first;
    place->second.last_period = period;
    place->second.first_period = period;
  }
  ClassKnowledge& known = place->second;
  const auto away = static_cast<double>(period - std::min(period, known.last_period));
  known.belief.loosen(law_.drift, std::min(away, kForgettingPeriods));

  const double log_rate = log_rate_of(sample);
  learn_noise(known, setting, log_rate, period);
  const double gap = log_rate - known.belief.mean(setting);
  const double sd = std::sqrt(known.belief.variance(setting) + noise_variance_);
  const bool predicted = known.first_period != period && known.belief.samples(setting) == 0;
  if (predicted) {
    misfit_ += (std::min(gap * gap / (sd * sd), 16.0) - misfit_) / misfit_weight_;
    misfit_weight_ = std::min(misfit_weight_ + 1.0, 50.0);
  }
  if (known.belief.samples(setting) >= kSamplesToKnow) {
    const double z = std::clamp(gap / sd, -kMostSurprise, kMostSurprise);
    known.cusum_up = std::max(0.0, known.cusum_up + z - kAllowance);
    known.cusum_down = std::max(0.0, known.cusum_down - z - kAllowance);
  }

  Surprise surprise = 0.0;
  if (std::max(known.cusum_up, known.cusum_down) > kAlarm) {
    surprise = std::clamp(std::abs(gap), 2.0 * std::sqrt(noise_variance_), kGreatestChange);
    known.belief.loosen(law_.upheaval, surprise * surprise);
    known.belief.forget_samples();
    known.cusum_up = known.cusum_down = 0.0;
    known.anchored_at.reset();
  }
  if (predicted && std::abs(gap) > kLawful * sd) {
    // Beyond what the law can be wrong by: this setting is a case of its own and says the less
    // about the others.
    known.belief.loosen_one(setting, gap * gap / (kLawful * kLawful) - sd * sd);
  }
  known.belief.observe(setting, log_rate, noise_variance_);
  if (known.anchored_at == setting) {
    const double change = std::abs(known.belief.mean(setting) - known.anchor);
    const double unsure = 4.0 * std::sqrt(known.belief.variance(setting) + known.anchor_variance);
    if (change > std::max(kSlowChange, unsure)) {
      surprise = std::min(change, kGreatestChange);
      known.belief.loosen(law_.upheaval, surprise * surprise);
      known.belief.forget_samples();
      known.anchored_at.reset();
    }
  }
  auto& busy = known.busy_cpus[setting];
  const double cpus =
      static_cast<double>(sample.cpu.count()) / static_cast<double>(sample.copy.count());
  busy = busy ? *busy + kBusyWeight * (cpus - *busy) : cpus;
  known.last_period = period;
  known.last_setting = setting;
  known.last_log_rate = log_rate;
  return surprise;
}

void Knowledge::anchor(const CopyClass& copy_class, std::size_t setting) {
  const auto place = classes_.find(copy_class);
  if (place == classes_.end() || place->second.anchored_at == setting) {
    return;
  }
  place->second.anchored_at = setting;
  place->second.anchor = place->second.belief.mean(setting);
  place->second.anchor_variance = place->second.belief.variance(setting);
}

const ClassKnowledge* Knowledge::find(const CopyClass& copy_class) const {
  const auto place = classes_.find(copy_class);
  return place == classes_.end() ? nullptr : &place->second;
}

double Knowledge::busy_cpus(const CopyClass& copy_class, std::size_t setting) const {
  const ClassKnowledge* known = find(copy_class);
  if (known != nullptr && known->busy_cpus[setting]) {
    return *known->busy_cpus[setting];
  }
  const Setting wanted = space_.at(setting);
  if (wanted.engine != Engine::kDma) {
    return std::max(1.0, static_cast<double>(wanted.workers));
  }
  for (std::size_t i = 0; known != nullptr && i < space_.size(); ++i) {
    if (space_.at(i).engine == Engine::kDma && known->busy_cpus[i]) {
      return *known->busy_cpus[i];
    }
  }
  return kGuessedDmaBusy;
}

}  // namespace pagefare::steer
