// SPDX-License-Identifier: Apache-2.0
// The choice itself, given what is predicted: which setting is best for the objective, and whether
// trying another is worth its cost.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "controller/core/steer/outlook.h"
#include "controller/core/steer/view.h"

namespace pagefare::steer {

/// The settings that may be used now, as indices into the space. Never empty.
using Candidates = std::vector<std::size_t>;

/// The fewest CPU seconds per GB among those within `allowed_loss` of the best throughput. The
/// current setting is kept while it is within and nothing saves at least a tenth more.
std::size_t best_for_thrift(const Outlook& outlook, const Candidates& candidates,
                            std::size_t current, std::size_t best, double allowed_loss);

/// A setting's worth on one scale for all objectives: log(GB/s), less what its CPU time costs.
class Worth {
 public:
  Worth(const Outlook& outlook, const Wants& wants, std::size_t one_worker);
  /// Mean and variance of the difference in worth.
  Gap gap(std::size_t setting, std::size_t reference) const;
  /// As Outlook::learnable, of the difference in worth.
  double learnable(std::size_t setting, std::size_t reference, double periods) const;

 private:
  const Outlook* outlook_;
  std::vector<double> less_;      ///< log of the share left after paying for CPU time
  std::vector<double> leverage_;  ///< how strongly a relative change of rate changes the worth
};

/// The best known candidate; uncertainty against the current setting counts against a setting.
std::size_t best_known(const Worth& worth, const Candidates& candidates, std::size_t current);

/// A trial: stay at `setting` for `periods`.
struct Trial {
  std::size_t setting = 0;
  std::uint32_t periods = 0;
  double value = 0.0;  ///< expected gain less expected cost, in periods' worth of work
};

/// How a trial is weighed.
struct TrialTerms {
  double horizon = 100.0;                   ///< periods over which a better setting would pay
  std::vector<std::uint32_t> lengths;       ///< numbers of periods to consider
  std::vector<std::uint64_t> most_periods;  ///< the longest trial there is time for, per setting
  double least_value = 0.0;                 ///< not worth it below
  double most_loss = 1.0;                   ///< expected loss per period that may be risked
  double needed_lead = 0.0;  ///< log throughput by which a setting must be better to be moved to
};

/// The trial worth most against staying at `reference`, if any is worth it.
std::optional<Trial> best_trial(const Worth& worth, const Candidates& candidates,
                                std::size_t reference, const TrialTerms& terms);

/// A cheaper candidate that may turn out to be within the allowed loss.
std::optional<Trial> best_thrift_trial(const Outlook& outlook, const Candidates& candidates,
                                       std::size_t chosen, std::size_t best, double allowed_loss,
                                       const TrialTerms& terms);

}  // namespace pagefare::steer
