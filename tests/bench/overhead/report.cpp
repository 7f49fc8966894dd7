// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/overhead/report.h"

#include <algorithm>
#include <cmath>

namespace pagefare::bench {
namespace {

constexpr double kMostPercent = 5;
constexpr double kMostOfRingbuf = 0.1;

double at(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - std::floor(place));
}

template <typename Get>
Quartiles over(const std::vector<Visit>& visits, Get get) {
  std::vector<double> values;
  values.reserve(visits.size());
  for (std::size_t round = 0; round < visits.size(); ++round) {
    values.push_back(get(visits[round], round));
  }
  return quartiles(std::move(values));
}

Row make_row(const Variant& variant, const std::vector<Visit>& visits,
             const std::vector<Visit>* none) {
  Row row{.name = variant.name, .what = variant.what, .missing = {}};
  row.rounds = visits.size();
  row.ns = over(visits, [](const Visit& v, std::size_t) { return v.ns_per_unit; });
  row.seen = over(visits, [](const Visit& v, std::size_t) { return v.seen; }).median;
  row.consumer_ns =
      over(visits, [](const Visit& v, std::size_t) { return v.consumer_ns_per_unit; }).median;
  if (none == nullptr || variant.name == kNone) return row;
  const auto added = [&](const Visit& v, std::size_t round) {
    return v.ns_per_unit - none->at(round).ns_per_unit;
  };
  row.added = over(visits, added);
  row.added_percent = over(visits, [&](const Visit& v, std::size_t round) {
    return 100 * added(v, round) / none->at(round).ns_per_unit;
  });
  return row;
}

const Row* find(const Report& report, const std::string& name) {
  for (const Row& row : report.rows) {
    if (row.name == name && row.missing.empty()) return &row;
  }
  return nullptr;
}

void judge(Report& report) {
  const Row* const pagefare = find(report, kPagefare);
  if (pagefare == nullptr || find(report, kNone) == nullptr) return;
  const double percent = pagefare->added_percent.median;
  report.gates.push_back({"pagefare adds at most 5 % of the CPU time per " + report.unit, percent,
                          kMostPercent, percent <= kMostPercent});
  if (!pagefare->of_ringbuf) return;
  report.gates.push_back({"pagefare adds at most 1/10 of what a ring-buffer record each adds",
                          *pagefare->of_ringbuf, kMostOfRingbuf,
                          *pagefare->of_ringbuf <= kMostOfRingbuf});
}

}  // namespace

Quartiles quartiles(std::vector<double> values) {
  std::ranges::sort(values);
  return {at(values, 0.25), at(values, 0.5), at(values, 0.75)};
}

Report make_report(const Load& load, const std::vector<Variant>& variants, const Visits& visits) {
  Report report{.load = load.name, .unit = load.unit};
  const auto none = visits.find(kNone);
  for (const Variant& variant : variants) {
    const auto found = visits.find(variant.name);
    if (found == visits.end()) {
      report.rows.push_back(
          {.name = variant.name, .what = variant.what, .missing = variant.missing});
    } else {
      report.rows.push_back(
          make_row(variant, found->second, none == visits.end() ? nullptr : &none->second));
    }
  }
  if (const Row* const ringbuf = find(report, kRingbuf); ringbuf != nullptr) {
    const double base = ringbuf->added.median;
    for (Row& row : report.rows) {
      if (row.missing.empty() && row.name != kNone && base > 0)
        row.of_ringbuf = row.added.median / base;
    }
  }
  if (load.unit == "page") judge(report);
  return report;
}

}  // namespace pagefare::bench
