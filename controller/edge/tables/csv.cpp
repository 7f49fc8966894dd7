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

}  // namespace

Result<Csv> Csv::read(std::istream& in, const std::string& path,
                      const std::vector<std::string>& required) {
  Csv csv;
  std::string text;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    const std::string_view content = trimmed(text);
    if (content.empty() || content.front() == '#') {
      continue;
    }
    CsvRow row{path + ":" + std::to_string(line), split(text)};
    if (!csv.columns_.empty()) {
      for (const std::string& column : required) {
        if (csv.cell(row, column).empty()) {
          return fail(std::string(row.where).append(": no value for column ").append(column));
        }
      }
      csv.rows_.push_back(std::move(row));
      continue;
    }
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      csv.columns_[row.cells[i]] = i;
    }
    for (const std::string& column : required) {
      if (!csv.columns_.contains(column)) {
        return fail(std::string(row.where).append(": the header has no column ").append(column));
      }
    }
  }
  if (csv.columns_.empty()) {
    return fail(path + ": empty; a header line and at least one row are needed");
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
