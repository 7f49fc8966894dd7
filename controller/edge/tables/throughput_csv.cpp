// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/tables/throughput_csv.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <istream>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace pagefare::tables {
namespace {

constexpr std::array<std::string_view, 6> kColumns{
    "platform", "engine", "workers", "folio_size_bytes", "folios", "throughput_gbps"};

using Cells = std::vector<std::string_view>;
using Columns = std::map<std::string_view, std::size_t>;

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

Cells split(std::string_view line) {
  Cells cells;
  while (true) {
    const std::size_t comma = line.find(',');
    cells.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) {
      return cells;
    }
    line.remove_prefix(comma + 1);
  }
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

/// A line's meaning before it is known whether pagefare can use it.
struct Line {
  std::string_view engine;
  std::uint32_t workers = 0;
  simulate::TableRow row;
};

Result<Line> parse(const Cells& cells, const Columns& columns, const std::string& where) {
  for (const std::string_view column : kColumns) {
    if (columns.at(column) >= cells.size()) {
      return fail(where + ": no value for column " + std::string(column));
    }
  }
  const auto cell = [&](std::string_view column) { return cells[columns.at(column)]; };
  const auto workers = number<std::uint32_t>(cell("workers"));
  const auto size = number<std::uint64_t>(cell("folio_size_bytes"));
  const auto folios = number<std::uint64_t>(cell("folios"));
  const auto gbps = number<double>(cell("throughput_gbps"));
  if (!workers || !size || !folios || *size == 0 || *folios == 0) {
    return fail(where + ": workers, folio_size_bytes and folios must be whole numbers above zero" +
                " (workers may be 0)");
  }
  if (!gbps || !std::isfinite(*gbps) || *gbps <= 0.0) {
    return fail(where + ": throughput_gbps must be a number above zero, not '" +
                std::string(cell("throughput_gbps")) + "'");
  }
  return Line{cell("engine"), *workers, {steer::kUnmodified, *size, *folios, *gbps}};
}

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  Result<simulate::Table> read(std::istream& in) {
    std::string text;
    std::size_t line = 0;
    while (std::getline(in, text)) {
      ++line;
      const std::string_view content = trimmed(text);
      if (content.empty() || content.front() == '#') {
        continue;
      }
      const std::string where = path_ + ":" + std::to_string(line);
      const auto taken = columns_.empty() ? take_header(text, where) : take_row(text, where);
      if (!taken) {
        return tl::make_unexpected(taken.error());
      }
    }
    return finish();
  }

 private:
  Result<void> take_header(const std::string& text, const std::string& where) {
    header_ = text;
    const Cells cells = split(header_);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      columns_[cells[i]] = i;
    }
    for (const std::string_view column : kColumns) {
      if (!columns_.contains(column)) {
        return fail(where + ": the header has no column " + std::string(column) +
                    "; the format is platform,series,engine,workers,folio_size_bytes,folios," +
                    "throughput_gbps,stddev");
      }
    }
    return {};
  }

  Result<void> take_row(const std::string& text, const std::string& where) {
    const Cells cells = split(text);
    const auto line = parse(cells, columns_, where);
    if (!line) {
      return tl::make_unexpected(line.error());
    }
    if (table_.platform.empty()) {
      table_.platform = cells[columns_.at("platform")];
    }
    simulate::TableRow row = line->row;
    auto engine = steer::engine_named(line->engine);
    if (line->workers == 0) {
      engine = steer::Engine::kKernel;
    }
    if (!engine) {
      ++unknown_engines_[std::string(line->engine)];
      return {};
    }
    if (*engine != steer::Engine::kKernel) {
      if (!std::has_single_bit(line->workers)) {
        odd_counts_.insert(line->workers);
        return {};
      }
      row.setting = {*engine, line->workers};
    }
    table_.rows.push_back(row);
    return {};
  }

  Result<simulate::Table> finish() {
    for (const auto& [engine, rows] : unknown_engines_) {
      table_.notes.push_back("engine '" + engine + "' is not known to pagefare; its " +
                             std::to_string(rows) + " rows are left out");
    }
    for (const std::uint32_t count : odd_counts_) {
      table_.notes.push_back("rows with " + std::to_string(count) +
                             " workers are left out: pagefare uses powers of two only");
    }
    if (columns_.empty()) {
      return fail(path_ + ": empty; a header line and at least one row are needed");
    }
    if (table_.rows.empty()) {
      return fail(path_ + ": no row that pagefare can use; engines are vanilla, mt and dma, " +
                  "worker counts powers of two");
    }
    return std::move(table_);
  }

  std::string path_;
  std::string header_;
  Columns columns_;  ///< views into header_
  simulate::Table table_;
  std::map<std::string, int> unknown_engines_;
  std::set<std::uint32_t> odd_counts_;
};

}  // namespace

Result<simulate::Table> read_throughput_csv(std::istream& in, const std::string& path) {
  return Reader(path).read(in);
}

Result<simulate::Table> read_throughput_csv(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    return fail(path + ": cannot be opened; does it exist and may it be read?");
  }
  return read_throughput_csv(in, path);
}

}  // namespace pagefare::tables
