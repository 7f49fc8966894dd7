// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/tables/svg.h"

#include "controller/core/steer/digits.h"

namespace pagefare::tables::svg {

using steer::fixed;

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string text_at(double x, double y, const std::string& text, const std::string& more) {
  return "<text x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\" " + more + ">" + escaped(text) +
         "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const std::string& style) {
  return "<line x1=\"" + fixed(x1, 1) + "\" y1=\"" + fixed(y1, 1) + "\" x2=\"" + fixed(x2, 1) +
         "\" y2=\"" + fixed(y2, 1) + "\" " + style + "/>\n";
}

std::string box(double x, double y, double width, double height, const std::string& fill) {
  return "<rect x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\" width=\"" + fixed(width, 1) +
         "\" height=\"" + fixed(height, 1) + "\" fill=\"" + fill + "\"/>\n";
}

std::string polyline(const std::string& points, const std::string& colour, double width) {
  return R"(<polyline fill="none" stroke=")" + colour + "\" stroke-width=\"" + fixed(width, 1) +
         "\" points=\"" + points + "\"/>\n";
}

std::string picture(double width, double height, const std::string& content) {
  return R"(<svg xmlns="http://www.w3.org/2000/svg" width=")" + fixed(width, 0) + "\" height=\"" +
         fixed(height, 0) + "\" font-family=\"sans-serif\" font-size=\"12\">\n" +
         "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + content + "</svg>\n";
}

}  // namespace pagefare::tables::svg
