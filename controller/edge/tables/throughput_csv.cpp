// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/tables/throughput_csv.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "controller/edge/tables/csv.h"

namespace pagefare::tables {
namespace {

/// Rows that pagefare cannot use, counted until all are read.
struct LeftOut {
  std::map<std::string, int> unknown_engines;
  std::set<std::uint32_t> odd_counts;
  std::map<std::string, int> repeated;  ///< by series
  std::set<std::tuple<steer::Setting, std::uint64_t, std::uint64_t>> taken;
};

// Beyond these a cell is a slip, and sums of nanoseconds and bytes would not fit.
constexpr std::uint64_t kMostFolioBytes = 1ULL << 40U;
constexpr std::uint64_t kMostFolios = 1ULL << 20U;
constexpr std::uint64_t kMostWorkers = 1ULL << 16U;
constexpr double kLeastGbps = 1e-6;
constexpr double kMostGbps = 1e6;

tl::unexpected<Error> bad_cell(const Csv& csv, const CsvRow& row, const std::string& column,
                               const std::string& wanted) {
  return fail(row.where + ": " + column + " must be " + wanted + ", not '" +
              std::string(csv.cell(row, column)) + "'");
}

Result<std::uint64_t> whole_number(const Csv& csv, const CsvRow& row, const std::string& column,
                                   std::uint64_t least, std::uint64_t most) {
  const auto value = number<std::uint64_t>(csv.cell(row, column));
  if (!value || *value < least || *value > most) {
    return bad_cell(csv, row, column,
                    "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *value;
}

Result<simulate::TableRow> numbers_of(const Csv& csv, const CsvRow& row) {
  const auto size = whole_number(csv, row, "folio_size_bytes", 1, kMostFolioBytes);
  const auto folios = whole_number(csv, row, "folios", 1, kMostFolios);
  for (const auto* one : {&size, &folios}) {
    if (!*one) {
      return tl::make_unexpected(one->error());
    }
  }
  const auto gbps = number<double>(csv.cell(row, "throughput_gbps"));
  if (!gbps || !std::isfinite(*gbps) || *gbps < kLeastGbps || *gbps > kMostGbps) {
    return bad_cell(csv, row, "throughput_gbps", "a number above zero, at most 1000000");
  }
  return simulate::TableRow{steer::kUnmodified, *size, *folios, *gbps};
}

Result<void> take(const Csv& csv, const CsvRow& row, simulate::Table& table, LeftOut& left_out) {
  auto taken = numbers_of(csv, row);
  if (!taken) {
    return tl::make_unexpected(taken.error());
  }
  const auto counted = whole_number(csv, row, "workers", 0, kMostWorkers);
  if (!counted) {
    return tl::make_unexpected(counted.error());
  }
  const auto workers = static_cast<std::uint32_t>(*counted);
  const std::string named(csv.cell(row, "engine"));
  const auto engine = workers == 0 ? steer::Engine::kKernel : steer::engine_named(named);
  if (!engine) {
    ++left_out.unknown_engines[named];
    return {};
  }
  if (*engine != steer::Engine::kKernel) {
    if (!std::has_single_bit(workers)) {
      left_out.odd_counts.insert(workers);
      return {};
    }
    taken->setting = {*engine, workers};
  }
  const bool first =
      left_out.taken.insert({taken->setting, taken->folio_bytes, taken->folios}).second;
  if (!first) {
    ++left_out.repeated[std::string(csv.cell(row, "series"))];
    return {};
  }
  table.rows.push_back(*taken);
  return {};
}

std::vector<std::string> notes_on(const LeftOut& left_out) {
  std::vector<std::string> notes;
  notes.reserve(left_out.unknown_engines.size() + left_out.odd_counts.size() +
                left_out.repeated.size());
  for (const auto& [engine, rows] : left_out.unknown_engines) {
    notes.push_back("engine '" + engine + "' is not known to pagefare; its " +
                    std::to_string(rows) + " rows are left out");
  }
  for (const std::uint32_t count : left_out.odd_counts) {
    notes.push_back("rows with " + std::to_string(count) +
                    " workers are left out: pagefare uses powers of two only");
  }
  for (const auto& [series, rows] : left_out.repeated) {
    notes.push_back(std::to_string(rows) + " rows of series '" + series +
                    "' are left out: rows before them have the same engine, count and class");
  }
  return notes;
}

}  // namespace

Result<simulate::Table> read_throughput_csv(std::istream& in, const std::string& path) {
  const auto csv = Csv::read(
      in, path, {"platform", "engine", "workers", "folio_size_bytes", "folios", "throughput_gbps"});
  if (!csv) {
    return tl::make_unexpected(csv.error());
  }
  simulate::Table table;
  LeftOut left_out;
  for (const CsvRow& row : csv->rows()) {
    if (table.platform.empty()) {
      table.platform = csv->cell(row, "platform");
    }
    if (const auto taken = take(*csv, row, table, left_out); !taken) {
      return tl::make_unexpected(taken.error());
    }
  }
  if (table.rows.empty()) {
    return fail(path + ": no row that pagefare can use; engines are vanilla, mt and dma, " +
                "worker counts powers of two");
  }
  table.notes = notes_on(left_out);
  return table;
}

Result<simulate::Table> read_throughput_csv(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    return fail(path + ": cannot be opened; does it exist and may it be read?");
  }
  return read_throughput_csv(in, path);
}

}  // namespace pagefare::tables
