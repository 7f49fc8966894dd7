// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/accounts.h"

#include <algorithm>

namespace pagefare::steer {
namespace {

constexpr double kMostTrialPeriods = 20.0;
constexpr double kMostGuardPeriods = 10.0;
constexpr double kMostThrift = 30.0;
constexpr double kThriftSpread = 250.0;  ///< what is unused is spent over so many periods
constexpr double kThriftMargin = 0.8;    ///< aim below the promise: predictions are uncertain

}  // namespace

void Accounts::settle(const Period& period, const Manners& manners, double thrift_loss) {
  searches_ = std::min(manners.searches_at_once * manners.search_periods,
                       searches_ + manners.searching_share);
  if (!period.searching) {
    trials_ = std::min(kMostTrialPeriods, trials_ + manners.exploring_share);
    trials_ -= period.trying ? 1.0 : 0.0;
  }
  guard_ = std::min(kMostGuardPeriods, guard_ + manners.guard_share - period.loss_against_kernel);
  thrift_ = std::clamp(thrift_ + kThriftMargin * thrift_loss - period.loss_against_best,
                       -kMostThrift, kMostThrift);
}

bool Accounts::pay_for_search(double periods) {
  if (searches_ < periods) {
    return false;
  }
  searches_ -= periods;
  return true;
}

double Accounts::allowed_loss(double thrift_loss) const {
  const double target = kThriftMargin * thrift_loss;
  return std::clamp(target + thrift_ / kThriftSpread, 0.2 * target, 1.8 * thrift_loss);
}

}  // namespace pagefare::steer
