// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/record/replay_plot.h"

#include <algorithm>
#include <set>
#include <vector>

#include "controller/core/steer/digits.h"

namespace pagefare::record {

namespace {

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

std::string text_at(double x, double y, const std::string& anchor, const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    safe += letter == '<' ? "&lt;" : letter == '&' ? "&amp;" : std::string(1, letter);
  }
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\">" +
         safe + "</text>\n";
}

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
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(kWidth) +
                      "\" height=\"" + number(height) +
                      "\" font-family=\"sans-serif\" font-size=\"11\">\n";
    svg += "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    svg += text_at(kLeft, 20.0, "start", title);
    svg += text_at(kLeft - 8.0, kRateTop + 4.0, "end", steer::fixed(most_gbps_, 2) + " GB/s");
    svg += text_at(kLeft - 8.0, kRateTop + kRateHeight, "end", "0");
    svg += throughput();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      svg += text_at(kLeft - 8.0, row_y(i) + 4.0, "end", describe(rows_[i]));
    }
    svg += settings("#999", 5.0, [](const ReplayedPeriod& one) { return one.view->measured_at; });
    svg += settings("#c33", 1.5, [](const ReplayedPeriod& one) { return one.decision.target; });
    return svg +
           text_at(kLeft, height - 6.0, "start", "grey: in use, red: where the replay is going") +
           "</svg>\n";
  }

 private:
  double x(std::size_t period) const {
    const auto last = static_cast<double>(std::max<std::size_t>(replay_.periods.size(), 2) - 1);
    return kLeft + (kWidth - kLeft - kRight) * static_cast<double>(period) / last;
  }
  static double row_y(std::size_t row) {
    return kSettingTop + kRowHeight * static_cast<double>(row);
  }

  static std::string line(const std::string& points, const std::string& colour, double width) {
    return "<polyline fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"" + number(width) +
           "\" points=\"" + points + "\"/>\n";
  }

  std::string throughput() const {
    std::string points;
    for (std::size_t i = 0; i < replay_.periods.size(); ++i) {
      const double share = most_gbps_ > 0.0 ? replay_.periods[i].gbps / most_gbps_ : 0.0;
      points += number(x(i)) + "," + number(kRateTop + kRateHeight * (1.0 - share)) + " ";
    }
    return line(points, "#269", 1.0);
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
    return line(points, colour, width);
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
