// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/tables/csv.h"

#include <algorithm>

namespace pagefare::tables {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '"'; };
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const std::size_t comma = line.find(',');
    cells.emplace_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) {
      return cells;
    }
    line.remove_prefix(comma + 1);
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) {
    all += (all.empty() ? "" : ", ") + name;
  }
  return all;
}

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

Result<void> Csv::take_header(const CsvRow& header, const std::vector<std::string>& required) {
  width_ = header.cells.size();
  for (std::size_t i = 0; i < width_; ++i) {
    const bool fresh = columns_.emplace(header.cells[i], i).second;
    if (!fresh && std::ranges::find(required, header.cells[i]) != required.end()) {
      return fail(header.where + ": the header has column " + header.cells[i] +
                  " twice; remove one");
    }
  }
  for (const std::string& column : required) {
    if (!columns_.contains(column)) {
      return fail(header.where + ": the header has no column " + column +
                  "; needed are, separated by commas: " + joined(required));
    }
  }
  return {};
}

Result<void> Csv::take_row(const CsvRow& row, const std::vector<std::string>& required) {
  for (const std::string& column : required) {
    if (cell(row, column).empty()) {
      return fail(row.where + ": no value for column " + column);
    }
  }
  for (std::size_t i = width_; i < row.cells.size(); ++i) {
    if (!row.cells[i].empty()) {
      return fail(row.where + ": '" + row.cells[i] +
                  "' is in no column; a decimal separator must be a point");
    }
  }
  rows_.push_back(row);
  return {};
}

Result<Csv> Csv::read(std::istream& in, const std::string& path,
                      const std::vector<std::string>& required) {
  Csv csv;
  std::string text;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    if (line == 1 && text.starts_with(kByteOrderMark)) {
      text.erase(0, kByteOrderMark.size());
    }
    const std::string_view content = trimmed(text);
    if (content.empty() || content.front() == '#') {
      continue;
    }
    const CsvRow row{path + ":" + std::to_string(line), split(text)};
    const auto taken =
        csv.columns_.empty() ? csv.take_header(row, required) : csv.take_row(row, required);
    if (!taken) {
      return tl::make_unexpected(taken.error());
    }
  }
  if (in.bad()) {
    return fail(path + ": cannot be read to its end; is it a file?");
  }
  if (csv.columns_.empty()) {
    return fail(path + ": empty; a header line and at least one row are needed");
  }
  if (csv.rows_.empty()) {
    return fail(path + ": no row below the header; at least one is needed");
  }
  return csv;
}

std::string_view Csv::cell(const CsvRow& row, const std::string& column) const {
  const auto place = columns_.find(column);
  if (place == columns_.end() || place->second >= row.cells.size()) {
    return {};
  }
  return row.cells[place->second];
}

}  // namespace pagefare::tables
