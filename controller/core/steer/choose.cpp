// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/choose.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pagefare::steer {
namespace {

double density(double z) {
  return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
}

double probability_below(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// The mean of max(0, x) for x normal with this mean and standard deviation.
double mean_of_gain(double mean, double sd) {
  if (sd <= 1e-9) {
    return std::max(0.0, mean);
  }
  const double z = mean / sd;
  return sd * density(z) + mean * probability_below(z);
}

double expected_loss(Gap gap) {
  return 1.0 - std::exp(std::min(0.0, gap.mean + gap.variance / 2.0));
}

}  // namespace

std::size_t best_for_thrift(const Outlook& outlook, const Candidates& candidates,
                            std::size_t current, std::size_t best, double allowed_loss) {
  const double limit = std::log(1.0 - allowed_loss);
  constexpr double kSlack = 0.02;  // the current setting is not left for less
  constexpr double kSaving = 0.9;  // nor for a smaller saving
  const bool current_usable = std::ranges::find(candidates, current) != candidates.end();
  const bool current_within = current_usable && outlook.gap(current, best).mean >= limit - kSlack;
  std::size_t chosen = current_within ? current : best;
  for (const std::size_t setting : candidates) {
    const Gap gap = outlook.gap(setting, best);
    const double keep = chosen == current ? kSaving : 1.0;
    const bool within = gap.mean - gap.variance / 2.0 >= limit;
    if (within && outlook.cpu_s_per_gb(setting) < keep * outlook.cpu_s_per_gb(chosen)) {
      chosen = setting;
    }
  }
  return chosen;
}

Worth::Worth(const Outlook& outlook, const Wants& wants, std::size_t one_worker)
    : outlook_(&outlook), less_(outlook.size(), 0.0), leverage_(outlook.size(), 1.0) {
  if (wants.objective != Objective::kBalanced) {
    return;
  }
  const double price = wants.cpu_price * std::exp(outlook.log_rate(one_worker));
  for (std::size_t i = 0; i < outlook.size(); ++i) {
    const double rate = std::exp(outlook.log_rate(i));
    const double left = std::max(0.05, 1.0 - price * outlook.busy_cpus(i) / rate);
    less_[i] = std::log(left);
    leverage_[i] = std::min(2.0, 1.0 / left);
  }
}

Gap Worth::gap(std::size_t setting, std::size_t reference) const {
  Gap gap = outlook_->gap(setting, reference);
  gap.mean += less_[setting] - less_[reference];
  gap.variance *= leverage_[setting] * leverage_[setting];
  return gap;
}

double Worth::learnable(std::size_t setting, std::size_t reference, double periods) const {
  return leverage_[setting] * leverage_[setting] * outlook_->learnable(setting, reference, periods);
}

std::size_t best_known(const Worth& worth, const Candidates& candidates, std::size_t current) {
  std::size_t best = candidates.front();
  double most = -1e300;
  for (const std::size_t setting : candidates) {
    const Gap gap = worth.gap(setting, current);
    const double sure = gap.mean - gap.variance / 2.0;
    if (sure > most) {
      most = sure;
      best = setting;
    }
  }
  return best;
}

std::optional<Trial> best_trial(const Worth& worth, const Candidates& candidates,
                                std::size_t reference, const TrialTerms& terms) {
  std::optional<Trial> chosen;
  for (const std::size_t setting : candidates) {
    const Gap gap = worth.gap(setting, reference);
    const double loss = expected_loss(gap);
    if (setting == reference || loss > terms.most_loss) {
      continue;
    }
    for (const std::uint32_t periods : terms.lengths) {
      if (periods > terms.most_periods[setting]) {
        continue;
      }
      const double sd = std::sqrt(worth.learnable(setting, reference, periods));
      const double lead = gap.mean - terms.needed_lead;
      const double gain = mean_of_gain(lead, sd) - std::max(0.0, lead);
      const double value = terms.horizon * gain - periods * loss;
      if (value > terms.least_value && (!chosen || value > chosen->value)) {
        chosen = Trial{setting, periods, value};
      }
    }
  }
  return chosen;
}

std::optional<Trial> best_thrift_trial(const Outlook& outlook, const Candidates& candidates,
                                       std::size_t chosen, std::size_t best, double allowed_loss,
                                       const TrialTerms& terms) {
  const double limit = std::log(1.0 - allowed_loss);
  constexpr double kWorthOfSaving = 0.3;  // a CPU second saved against the same share of throughput
  std::optional<Trial> found;
  for (const std::size_t setting : candidates) {
    const double saving = 1.0 - outlook.cpu_s_per_gb(setting) / outlook.cpu_s_per_gb(chosen);
    if (setting == best || saving < 0.1) {
      continue;
    }
    const Gap gap = outlook.gap(setting, best);
    if (gap.mean >= limit) {
      continue;
    }
    for (const std::uint32_t periods : terms.lengths) {
      if (periods > terms.most_periods[setting]) {
        continue;
      }
      const double sd = std::sqrt(outlook.learnable(setting, best, periods)) + 1e-9;
      const double within = probability_below((gap.mean - limit) / sd);
      const double value =
          terms.horizon * kWorthOfSaving * saving * within - periods * expected_loss(gap);
      if (within > 0.05 && value > terms.least_value && (!found || value > found->value)) {
        found = Trial{setting, periods, value};
      }
    }
  }
  return found;
}

}  // namespace pagefare::steer
