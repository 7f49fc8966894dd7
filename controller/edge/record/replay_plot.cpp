// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/record/replay_plot.h"

#include <algorithm>
#include <set>
#include <vector>

#include "controller/core/steer/digits.h"
#include "controller/edge/tables/svg.h"

namespace pagefare::record {

namespace {

using tables::svg::polyline;
using tables::svg::text_at;

constexpr double kWidth = 1000.0;
constexpr double kLeft = 140.0;
constexpr double kRight = 20.0;
constexpr double kRateTop = 40.0;
constexpr double kRateHeight = 220.0;
constexpr double kSettingTop = 290.0;
constexpr double kRowHeight = 16.0;

std::string number(double value) {
  return steer::fixed(value, 1);
}

constexpr const char* kAtEnd = "text-anchor=\"end\"";

class Picture {
 public:
  explicit Picture(const Replay& replay) : replay_(replay) {
    std::set<steer::Setting> used;
    for (const ReplayedPeriod& period : replay.periods) {
      used.insert(period.view->measured_at);
      used.insert(period.decision.target);
      most_gbps_ = std::max(most_gbps_, period.gbps);
    }
    // The mark of a period with two settings is no setting.
    std::erase_if(used, [](steer::Setting setting) {
      return setting.engine == steer::Engine::kKernel && setting.workers != 0;
    });
    rows_.assign(used.begin(), used.end());
  }

  std::string draw(const std::string& title) const {
    const double height = kSettingTop + kRowHeight * static_cast<double>(rows_.size() + 2);
    std::string svg = text_at(kLeft, 20.0, title);
    svg += text_at(kLeft - 8.0, kRateTop + 4.0, steer::fixed(most_gbps_, 2) + " GB/s", kAtEnd);
    svg += text_at(kLeft - 8.0, kRateTop + kRateHeight, "0", kAtEnd);
    svg += throughput();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      svg += text_at(kLeft - 8.0, row_y(i) + 4.0, describe(rows_[i]), kAtEnd);
    }
    svg += settings("#999", 5.0, [](const ReplayedPeriod& one) { return one.view->measured_at; });
    svg += settings("#c33", 1.5, [](const ReplayedPeriod& one) { return one.decision.target; });
    svg += text_at(kLeft, height - 6.0, "grey: in use, red: where the replay is going");
    return tables::svg::picture(kWidth, height, svg);
  }

 private:
  double x(std::size_t period) const {
    const auto last = static_cast<double>(std::max<std::size_t>(replay_.periods.size(), 2) - 1);
    return kLeft + (kWidth - kLeft - kRight) * static_cast<double>(period) / last;
  }
  static double row_y(std::size_t row) {
    return kSettingTop + kRowHeight * static_cast<double>(row);
  }

  std::string throughput() const {
    std::string points;
    for (std::size_t i = 0; i < replay_.periods.size(); ++i) {
      const double share = most_gbps_ > 0.0 ? replay_.periods[i].gbps / most_gbps_ : 0.0;
      points += number(x(i)) + "," + number(kRateTop + kRateHeight * (1.0 - share)) + " ";
    }
    return polyline(points, "#269", 1.0);
  }

  template <typename Which>
  std::string settings(const std::string& colour, double width, Which which) const {
    std::string points;
    for (std::size_t i = 0; i < replay_.periods.size(); ++i) {
      const auto row = std::ranges::find(rows_, which(replay_.periods[i]));
      if (row != rows_.end()) {
        points +=
            number(x(i)) + "," + number(row_y(static_cast<std::size_t>(row - rows_.begin()))) + " ";
      }
    }
    return polyline(points, colour, width);
  }

  const Replay& replay_;
  std::vector<steer::Setting> rows_;
  double most_gbps_ = 0.0;
};

}  // namespace

std::string replay_plot(const Replay& replay, const std::string& title) {
  return Picture(replay).draw(title);
}

}  // namespace pagefare::record
