// SPDX-License-Identifier: Apache-2.0
// The four budgets the governor lives within, in periods' worth of work: what searches and what
// trials may take, what may be lost against the unmodified kernel, and what thrift may give up of
// the throughput.
#pragma once

#include "controller/core/steer/manners.h"

namespace pagefare::steer {

class Accounts {
 public:
  explicit Accounts(const Manners& manners)
      : searches_(manners.searches_at_once * manners.search_periods),
        guard_(manners.guard_periods) {}

  /// One period passed. Losses are shares, as predicted for the setting in use.
  struct Period {
    bool searching = false;
    bool trying = false;
    double loss_against_kernel = 0.0;
    double loss_against_best = 0.0;
  };
  void settle(const Period& period, const Manners& manners, double thrift_loss);

  /// Takes these periods from what searches may take. False, and nothing taken, when that is less:
  /// then the search is not opened, and what was learned before must do.
  bool pay_for_search(double periods);
  bool can_pay_for_trial(double periods) const { return trials_ >= periods; }
  /// May a setting be tried that is predicted to be worse than the unmodified kernel?
  bool may_risk() const { return guard_ > 0.0; }
  /// The loss that thrift may take now: what earlier mixes left unused is lent to this one.
  double allowed_loss(double thrift_loss) const;

 private:
  double searches_;
  double trials_ = 0.0;
  double guard_;
  double thrift_ = 0.0;
};

}  // namespace pagefare::steer
