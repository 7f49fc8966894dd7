// SPDX-License-Identifier: Apache-2.0
// Comma-separated values with a header line: cells by the name of their column.
#pragma once

#include <charconv>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/ports/result.h"

namespace pagefare::tables {

struct CsvRow {
  std::string where;  ///< "PATH:LINE"
  std::vector<std::string> cells;
};

class Csv {
 public:
  /// Skips empty lines, lines that begin with "#" and a byte order mark; columns that nobody asks
  /// for are passed over. Fails if a `required` column is missing or there twice, if a row has none
  /// of its values or more values than there are columns, and if there is no row.
  static Result<Csv> read(std::istream& in, const std::string& path,
                          const std::vector<std::string>& required);

  const std::vector<CsvRow>& rows() const { return rows_; }
  /// Empty where the row or the table does not have it.
  std::string_view cell(const CsvRow& row, const std::string& column) const;

 private:
  Result<void> take_header(const CsvRow& header, const std::vector<std::string>& required);
  Result<void> take_row(const CsvRow& row, const std::vector<std::string>& required);

  std::map<std::string, std::size_t> columns_;
  std::size_t width_ = 0;  ///< cells of the header
  std::vector<CsvRow> rows_;
};

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace pagefare::tables
