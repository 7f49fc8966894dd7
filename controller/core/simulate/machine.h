// SPDX-License-Identifier: Apache-2.0
// A pretended machine: what each setting yields for each class, in good times and bad.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "controller/core/simulate/table.h"
#include "controller/core/steer/setting.h"
#include "controller/core/steer/view.h"

namespace pagefare::simulate {

/// What is left of the machine.
struct Condition {
  double bandwidth = 1.0;           ///< share of the best rate of a class that a neighbour leaves
  double dma_health = 1.0;          ///< share of its rates that the DMA engine still reaches
  std::uint32_t cores = 1U << 20U;  ///< CPUs that threads can run on
  bool operator==(const Condition&) const = default;
};

/// Shares of bytes of the classes in use; they add up to 1.
struct ClassShare {
  std::size_t class_index = 0;
  double share = 1.0;
};
using Mixture = std::vector<ClassShare>;

class Machine {
 public:
  explicit Machine(const Table& table);

  const std::vector<steer::CopyClass>& classes() const { return classes_; }
  const steer::SettingSpace& space() const { return space_; }

  /// GB/s. Between measured worker counts the logarithms are interpolated, beyond them the end
  /// holds; an engine without a row for this class leaves the copying to the unmodified kernel.
  double rate(std::size_t class_index, steer::Setting setting, const Condition& condition) const;
  double rate(const Mixture& mixture, steer::Setting setting, const Condition& condition) const;
  /// CPUs busy while this class is copied: every worker thread, the caller of the unmodified
  /// kernel, and for DMA what submitting and completing takes (kDmaFolioSeconds per folio), at
  /// most one CPU per channel.
  double busy_cpus(std::size_t class_index, steer::Setting setting,
                   const Condition& condition) const;
  /// CPU seconds per GB of the mixture.
  double cpu_s_per_gb(const Mixture& mixture, steer::Setting setting,
                      const Condition& condition) const;

  /// Measured for every class of the mixture and possible in this condition.
  bool measured(const Mixture& mixture, steer::Setting setting, const Condition& condition) const;
  /// The best measured setting; where the classes share none, the best of all.
  steer::Setting best(const Mixture& mixture, const Condition& condition) const;
  bool has_kernel_row(std::size_t class_index) const;
  bool has_engine(steer::Engine engine) const;
  std::uint32_t most_workers(steer::Engine engine) const;

 private:
  using Curve = std::map<std::uint32_t, double>;  ///< workers to GB/s
  struct ClassCurves {
    std::optional<double> kernel;
    Curve threads;
    Curve dma;
    double best = 0.0;
  };
  double undisturbed(const ClassCurves& curves, steer::Setting setting) const;
  static double kernel_rate(const ClassCurves& curves);

  std::vector<steer::CopyClass> classes_;
  std::vector<ClassCurves> curves_;
  steer::SettingSpace space_;
};

inline constexpr double kDmaFolioSeconds = 2e-6;

}  // namespace pagefare::simulate
