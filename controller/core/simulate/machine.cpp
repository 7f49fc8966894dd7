// SPDX-License-Identifier: Apache-2.0
#include "controller/core/simulate/machine.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pagefare::simulate {
namespace {

using steer::Engine;
using steer::Setting;

constexpr double kTooManyThreads = 0.9;  ///< threads beyond the CPUs left only get in the way

double interpolate(const std::map<std::uint32_t, double>& curve, std::uint32_t workers) {
  const auto above = curve.lower_bound(workers);
  if (above == curve.end()) {
    return curve.rbegin()->second;
  }
  if (above->first == workers || above == curve.begin()) {
    return above->second;
  }
  const auto below = std::prev(above);
  const double along = (std::log2(workers) - std::log2(below->first)) /
                       (std::log2(above->first) - std::log2(below->first));
  return std::exp((1.0 - along) * std::log(below->second) + along * std::log(above->second));
}

}  // namespace

std::vector<steer::PriorRow> as_prior(const Table& table) {
  std::vector<steer::PriorRow> prior;
  prior.reserve(table.rows.size());
  for (const TableRow& row : table.rows) {
    prior.push_back({{row.folio_bytes, row.folios}, row.setting, row.gbps});
  }
  return prior;
}

Machine::Machine(const Table& table) {
  std::map<steer::CopyClass, ClassCurves> by_class;
  std::vector<Setting> offered;
  for (const TableRow& row : table.rows) {
    ClassCurves& curves = by_class[{row.folio_bytes, row.folios}];
    if (row.setting.engine == Engine::kKernel) {
      curves.kernel = row.gbps;
    } else {
      (row.setting.engine == Engine::kDma ? curves.dma : curves.threads)[row.setting.workers] =
          row.gbps;
      offered.push_back(row.setting);
    }
    curves.best = std::max(curves.best, row.gbps);
  }
  for (auto& [copy_class, curves] : by_class) {
    classes_.push_back(copy_class);
    curves_.push_back(std::move(curves));
  }
  space_ = steer::SettingSpace(offered);
}

double Machine::kernel_rate(const ClassCurves& curves) {
  if (curves.kernel) {
    return *curves.kernel;
  }
  return curves.threads.empty() ? curves.dma.begin()->second : curves.threads.begin()->second;
}

double Machine::undisturbed(const ClassCurves& curves, Setting setting) const {
  const Curve& curve = setting.engine == Engine::kDma ? curves.dma : curves.threads;
  if (setting.engine == Engine::kKernel || curve.empty()) {
    return kernel_rate(curves);
  }
  return interpolate(curve, setting.workers);
}

double Machine::rate(std::size_t class_index, Setting setting, const Condition& condition) const {
  const ClassCurves& curves = curves_[class_index];
  double rate = 0.0;
  if (setting.engine == Engine::kThreads && setting.workers > condition.cores) {
    rate =
        kTooManyThreads * undisturbed(curves, {Engine::kThreads, std::bit_floor(condition.cores)});
  } else {
    rate = undisturbed(curves, setting);
  }
  if (setting.engine == Engine::kDma) {
    rate *= condition.dma_health;
  }
  return std::min(rate, condition.bandwidth * curves.best);
}

double Machine::rate(const Mixture& mixture, Setting setting, const Condition& condition) const {
  double seconds_per_gb = 0.0;
  for (const ClassShare& one : mixture) {
    seconds_per_gb += one.share / rate(one.class_index, setting, condition);
  }
  return 1.0 / seconds_per_gb;
}

double Machine::busy_cpus(std::size_t class_index, Setting setting,
                          const Condition& condition) const {
  const bool falls_back = setting.engine == Engine::kDma && curves_[class_index].dma.empty();
  if (setting.engine != Engine::kDma || falls_back) {
    return setting.engine == Engine::kThreads ? setting.workers : 1.0;
  }
  const double folios_per_s = rate(class_index, setting, condition) * 1e9 /
                              static_cast<double>(classes_[class_index].folio_bytes);
  return std::min<double>(setting.workers, kDmaFolioSeconds * folios_per_s);
}

double Machine::cpu_s_per_gb(const Mixture& mixture, Setting setting,
                             const Condition& condition) const {
  double sum = 0.0;
  for (const ClassShare& one : mixture) {
    sum += one.share * busy_cpus(one.class_index, setting, condition) /
           rate(one.class_index, setting, condition);
  }
  return sum;
}

bool Machine::measured(const Mixture& mixture, Setting setting, const Condition& condition) const {
  if (setting.engine == Engine::kThreads && setting.workers > condition.cores) {
    return false;
  }
  return std::ranges::all_of(mixture, [&](const ClassShare& one) {
    const ClassCurves& curves = curves_[one.class_index];
    if (setting.engine == Engine::kKernel) {
      return curves.kernel.has_value();
    }
    return (setting.engine == Engine::kDma ? curves.dma : curves.threads).contains(setting.workers);
  });
}

Setting Machine::best(const Mixture& mixture, const Condition& condition) const {
  std::optional<Setting> best;
  for (const bool measured_only : {true, false}) {
    for (const Setting setting : space_.all()) {
      const bool may =
          measured_only ? measured(mixture, setting, condition)
                        : setting.engine != Engine::kThreads || setting.workers <= condition.cores;
      if (may && (!best || rate(mixture, setting, condition) > rate(mixture, *best, condition))) {
        best = setting;
      }
    }
    if (best) {
      break;
    }
  }
  return best.value_or(steer::kUnmodified);
}

bool Machine::has_kernel_row(std::size_t class_index) const {
  return curves_[class_index].kernel.has_value();
}

bool Machine::has_engine(Engine engine) const {
  return !space_.counts(engine).empty();
}

std::uint32_t Machine::most_workers(Engine engine) const {
  const std::vector<std::uint32_t> counts = space_.counts(engine);
  return counts.empty() ? 0 : counts.back();
}

}  // namespace pagefare::simulate
