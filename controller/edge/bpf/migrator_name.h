// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace pagefare {

/// A text at the start of a variable of the kernel, read by BPF. The batch copy series keeps the
/// name of whoever copies in `migrator` ("kernel", "CPU_MT_COPY", "DCBM") and shows it nowhere.
class MigratorName {
 public:
  explicit MigratorName(std::string proc_root, std::string variable = "migrator");
  MigratorName(const MigratorName&) = delete;
  MigratorName& operator=(const MigratorName&) = delete;
  ~MigratorName();

  /// Nothing where the kernel has no such symbol or BPF may not read it. The first call looks
  /// through /proc/kallsyms, which takes tens of milliseconds; later ones take microseconds.
  std::optional<std::string> read();

 private:
  struct Program;
  void open();

  std::string proc_root_;
  std::string variable_;
  bool opened_ = false;
  std::unique_ptr<Program> program_;
};

}  // namespace pagefare
