// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/tables/steer_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>

#include "controller/core/steer/digits.h"
#include "controller/edge/tables/svg.h"

namespace pagefare::tables {
namespace {

using simulate::PeriodRecord;
using steer::fixed;
using svg::escaped;
using svg::line;
using svg::text_at;

constexpr double kWidth = 1200.0;
constexpr double kLeft = 120.0;
constexpr double kRight = 20.0;
constexpr double kRateTop = 60.0;
constexpr double kRateHeight = 260.0;
constexpr double kSettingTop = 370.0;
constexpr double kRowHeight = 18.0;
constexpr int kDecades = 8;  ///< of throughput, at most

class Plot {
 public:
  explicit Plot(const PlotInput& input) : input_(input) {
    for (const PeriodRecord& record : input.records) {
      top_rate_ = std::max({top_rate_, record.gbps, record.oracle_gbps});
      least_rate_ = std::min({least_rate_, record.gbps, record.oracle_gbps});
      rows_.try_emplace(record.setting, 0);
      rows_.try_emplace(record.oracle, 0);
    }
    int row = static_cast<int>(rows_.size());
    for (auto& [setting, place] : rows_) {
      place = --row;
    }
  }

  std::string draw() const {
    const double height = kSettingTop + kRowHeight * static_cast<double>(rows_.size()) + 50.0;
    std::string content = text_at(kLeft, 22, input_.title, "font-size=\"16\"");
    content += bands(height - 40.0) + rate_axis() + setting_axis();
    content +=
        path("#b0b0b0", 2.0, [this](const PeriodRecord& one) { return rate_y(one.oracle_gbps); });
    content += path("#1f6fb4", 1.5, [this](const PeriodRecord& one) { return rate_y(one.gbps); });
    content += path("#b0b0b0", 5.0, [this](const PeriodRecord& one) { return row_y(one.oracle); });
    content += path("#1f6fb4", 2.0, [this](const PeriodRecord& one) { return row_y(one.setting); });
    content += legend() + time_axis(height - 40.0);
    return svg::picture(kWidth, height, content);
  }

 private:
  double x(double period) const {
    const auto periods = std::max<double>(1.0, static_cast<double>(input_.records.size()));
    return kLeft + (kWidth - kLeft - kRight) * period / periods;
  }
  /// Logarithmic, so that a slow class is as legible as a fast one.
  double rate_y(double rate) const {
    const double low = std::log(0.9 * least_rate_);
    const double high = std::log(1.1 * top_rate_);
    return kRateTop + kRateHeight * (1.0 - (std::log(rate) - low) / (high - low));
  }
  double row_y(steer::Setting setting) const {
    return kSettingTop + kRowHeight * (rows_.at(setting) + 0.5);
  }

  /// Steps: each period as a horizontal piece.
  template <typename Y>
  std::string path(const std::string& colour, double width, Y y) const {
    std::string points;
    double last = -1.0;
    for (std::size_t i = 0; i < input_.records.size(); ++i) {
      const double here = y(input_.records[i]);
      if (i == 0 || here != last) {
        points += (i == 0 ? "M" : "H") + fixed(x(static_cast<double>(i)), 2);
        points += (i == 0 ? " " : " V") + fixed(here, 2) + " ";
        last = here;
      }
    }
    points += "H" + fixed(x(static_cast<double>(input_.records.size())), 2);
    return R"(<path d=")" + points + R"(" fill="none" stroke=")" + colour + R"(" stroke-width=")" +
           fixed(width, 1) + "\"/>\n";
  }

  std::string phase_label(const simulate::Phase& phase) const {
    if (!phase.event.empty()) {
      return phase.event;
    }
    const steer::CopyClass& one = input_.machine.classes()[phase.mixture.front().class_index];
    return std::to_string(one.folios) + " x " + std::to_string(one.folio_bytes / 1024) + " KiB";
  }

  std::string bands(double bottom) const {
    std::string svg;
    double begin = 0.0;
    for (std::size_t i = 0; i < input_.workload.size(); ++i) {
      const simulate::Phase& phase = input_.workload[i];
      const double end = begin + phase.periods;
      const double width = x(end) - x(begin);
      if (i % 2 == 1) {
        svg += "<rect x=\"" + fixed(x(begin), 1) + "\" y=\"" + fixed(kRateTop, 1) + "\" width=\"" +
               fixed(width, 1) + "\" height=\"" + fixed(bottom - kRateTop, 1) +
               "\" fill=\"#f3f3f3\"/>\n";
      }
      const auto fits = static_cast<std::size_t>(width / 6.0);
      if (fits > 4) {
        svg += text_at(x(begin) + 2, kRateTop - 6, phase_label(phase).substr(0, fits),
                       R"(font-size="10" fill="#555")");
      }
      begin = end;
    }
    return svg;
  }

  std::string rate_axis() const {
    std::string svg = text_at(10, kRateTop + 12, "GB/s");
    const auto decade = static_cast<int>(std::floor(std::log10(least_rate_)));
    for (int i = 0; i < 3 * kDecades; ++i) {
      constexpr std::array<double, 3> kMarks = {1.0, 2.0, 5.0};
      const double rate = kMarks[static_cast<std::size_t>(i % 3)] * std::pow(10.0, decade + i / 3);
      if (rate < 0.9 * least_rate_ || rate > 1.1 * top_rate_) {
        continue;
      }
      svg += line(kLeft, rate_y(rate), kWidth - kRight, rate_y(rate), "stroke=\"#e0e0e0\"");
      svg += text_at(kLeft - 6, rate_y(rate) + 4, steer::rounded(rate, 4), "text-anchor=\"end\"");
    }
    return svg;
  }

  std::string setting_axis() const {
    std::string svg;
    for (const auto& [setting, row] : rows_) {
      svg += line(kLeft, row_y(setting), kWidth - kRight, row_y(setting), "stroke=\"#e8e8e8\"");
      svg += text_at(kLeft - 6, row_y(setting) + 4,
                     setting.engine == steer::Engine::kKernel ? "unmodified" : describe(setting),
                     "text-anchor=\"end\"");
    }
    return svg;
  }

  static std::string legend() {
    return line(kWidth - 330, 18, kWidth - 300, 18, R"(stroke="#1f6fb4" stroke-width="2")") +
           text_at(kWidth - 295, 22, "pagefare") +
           line(kWidth - 220, 18, kWidth - 190, 18, R"(stroke="#b0b0b0" stroke-width="4")") +
           text_at(kWidth - 185, 22, "oracle (best row of the table)");
  }

  std::string time_axis(double bottom) const {
    std::string svg;
    const std::size_t periods = input_.records.size();
    for (std::size_t i = 0; i <= 8; ++i) {
      const std::size_t period = periods * i / 8;
      svg += text_at(x(static_cast<double>(period)), bottom + 16, std::to_string(period),
                     "text-anchor=\"middle\"");
    }
    return svg + text_at(kLeft, bottom + 32, "period");
  }

  const PlotInput& input_;
  double top_rate_ = 1e-9;
  double least_rate_ = 1e9;
  std::map<steer::Setting, int> rows_;
};

}  // namespace

std::string steer_plot(const PlotInput& input) {
  return Plot(input).draw();
}

Result<void> write_steer_plot(const PlotInput& input, const std::string& path) {
  std::ofstream out(path);
  out << steer_plot(input);
  out.close();
  if (!out) {
    return fail(path + ": cannot be written; does its directory exist and may it be written to?");
  }
  return {};
}

}  // namespace pagefare::tables
