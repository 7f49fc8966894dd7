// SPDX-License-Identifier: Apache-2.0
// Pieces of a picture. Coordinates are in pixels from the upper left corner.
#pragma once

#include <string>

namespace pagefare::tables::svg {

/// Text as XML wants it.
std::string escaped(const std::string& text);

std::string text_at(double x, double y, const std::string& text, const std::string& more = "");
std::string line(double x1, double y1, double x2, double y2, const std::string& style);
std::string box(double x, double y, double width, double height, const std::string& fill);

/// An open line through points; each is "X,Y" and a blank.
std::string polyline(const std::string& points, const std::string& colour, double width);

/// The whole picture, on white.
std::string picture(double width, double height, const std::string& content);

}  // namespace pagefare::tables::svg
