// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/tables/workload_csv.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>

#include "controller/edge/tables/csv.h"

namespace pagefare::tables {
namespace {

constexpr std::uint32_t kMostPeriods = 1'000'000;

/// An optional number above zero; `otherwise` where the cell is empty.
Result<double> optional_number(const Csv& csv, const CsvRow& row, const std::string& column,
                               double otherwise) {
  const std::string_view text = csv.cell(row, column);
  if (text.empty()) {
    return otherwise;
  }
  const auto value = number<double>(text);
  if (!value || !std::isfinite(*value) || *value < 0.0) {
    return fail(row.where + ": " + column + " must be a number of at least zero, not '" +
                std::string(text) + "'");
  }
  return *value;
}

Result<simulate::ClassShare> share_of(const Csv& csv, const CsvRow& row,
                                      const simulate::Machine& machine) {
  const auto size = number<std::uint64_t>(csv.cell(row, "folio_size_bytes"));
  const auto folios = number<std::uint64_t>(csv.cell(row, "folios"));
  const auto share = number<double>(csv.cell(row, "share"));
  if (!size || !folios || !share || !std::isfinite(*share) || *share <= 0.0) {
    return fail(row.where + ": folio_size_bytes, folios and share must be numbers above zero");
  }
  const auto& classes = machine.classes();
  const auto place = std::ranges::find(classes, steer::CopyClass{*size, *folios});
  if (place == classes.end()) {
    return fail(row.where + ": the platform's table has no row for " + std::to_string(*folios) +
                " folios of " + std::to_string(*size) + " bytes");
  }
  return simulate::ClassShare{static_cast<std::size_t>(place - classes.begin()), *share};
}

Result<simulate::Phase> begin_phase(const Csv& csv, const CsvRow& row) {
  simulate::Phase phase;
  const auto periods = number<std::uint32_t>(csv.cell(row, "periods"));
  if (!periods || *periods == 0 || *periods > kMostPeriods) {
    return fail(row.where + ": periods must be a whole number from 1 to 1000000");
  }
  phase.periods = *periods;
  phase.event = csv.cell(row, "event");
  const simulate::Condition well;
  const auto cpus = optional_number(csv, row, "available_cpus", phase.available_cpus);
  const auto stalled = optional_number(csv, row, "stalled", 0.0);
  const auto bandwidth = optional_number(csv, row, "bandwidth", 1.0);
  const auto health = optional_number(csv, row, "dma_health", 1.0);
  const auto cores = optional_number(csv, row, "cores", well.cores);
  for (const auto* one : {&cpus, &stalled, &bandwidth, &health, &cores}) {
    if (!*one) {
      return tl::make_unexpected(one->error());
    }
  }
  if (*bandwidth <= 0.0 || *health <= 0.0 || *cores < 1.0 || *cores > well.cores) {
    return fail(row.where + ": bandwidth and dma_health must be above zero, cores at least 1");
  }
  phase.available_cpus = *cpus;
  phase.stalled = *stalled;
  phase.begin = {*bandwidth, *health, static_cast<std::uint32_t>(*cores)};
  phase.end = phase.begin;
  return phase;
}

void make_shares_add_up(simulate::Workload& workload) {
  for (simulate::Phase& phase : workload) {
    double total = 0.0;
    for (const simulate::ClassShare& one : phase.mixture) {
      total += one.share;
    }
    for (simulate::ClassShare& one : phase.mixture) {
      one.share /= total;
    }
  }
}

}  // namespace

Result<simulate::Workload> read_workload_csv(std::istream& in, const std::string& path,
                                             const simulate::Machine& machine) {
  const auto csv = Csv::read(in, path, {"phase", "periods", "folio_size_bytes", "folios", "share"});
  if (!csv) {
    return tl::make_unexpected(csv.error());
  }
  simulate::Workload workload;
  std::string_view name;
  for (const CsvRow& row : csv->rows()) {
    if (workload.empty() || csv->cell(row, "phase") != name) {
      name = csv->cell(row, "phase");
      auto phase = begin_phase(*csv, row);
      if (!phase) {
        return tl::make_unexpected(phase.error());
      }
      workload.push_back(std::move(*phase));
    }
    const auto share = share_of(*csv, row, machine);
    if (!share) {
      return tl::make_unexpected(share.error());
    }
    workload.back().mixture.push_back(*share);
  }
  if (workload.empty()) {
    return fail(path + ": no phase; give at least one row below the header");
  }
  make_shares_add_up(workload);
  return workload;
}

Result<simulate::Workload> read_workload_csv(const std::string& path,
                                             const simulate::Machine& machine) {
  std::ifstream in(path);
  if (!in) {
    return fail(path + ": cannot be opened; built-in workloads are default, mixed and drift");
  }
  return read_workload_csv(in, path, machine);
}

}  // namespace pagefare::tables
