// SPDX-License-Identifier: Apache-2.0
// The live view of `pagefare top` as lines of text: state and keys, no terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/ports/result.h"
#include "exporter/status_parse.h"
#include "exporter/top_table.h"

namespace pagefare {

enum class TopKey : std::uint8_t {
  kOther,
  kBytes,
  kCpu,
  kOutside,
  kName,
  kView,
  kReverse,
  kHelp,
  kQuit,
  kUp,
  kDown,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
};

enum class LineStyle : std::uint8_t { kPlain, kTitle, kHeading, kSum, kTrouble };

struct ViewLine {
  std::string text;
  LineStyle style = LineStyle::kPlain;
};

class TopView {
 public:
  explicit TopView(TopOrder order = {}) : order_(order) {}

  /// One answer of the daemon, or why there was none. `now` is monotonic.
  void take(const Result<std::string>& answer, Nanoseconds now);

  /// False when the user wants to leave.
  bool press(TopKey key);

  /// At most `height` lines of at most `width` columns.
  std::vector<ViewLine> draw(std::size_t width, std::size_t height, Nanoseconds now);

 private:
  void set_column(TopColumn column);
  void scroll(TopKey key);
  void take_status(Status status);
  ViewLine message(std::size_t rows, std::size_t shown, Nanoseconds now) const;
  void draw_waiting(std::size_t width, std::vector<ViewLine>& lines) const;
  void draw_table(std::size_t width, std::size_t height, Nanoseconds now,
                  std::vector<ViewLine>& lines);

  TopOrder order_;
  bool help_ = false;
  std::size_t first_row_ = 0;
  std::size_t page_ = 1;  // rows shown by the last draw()
  std::optional<Status> before_;
  std::optional<Status> last_;
  Nanoseconds answered_{};  // when last_ came
  std::string trouble_;     // why the last question has no answer
};

}  // namespace pagefare
