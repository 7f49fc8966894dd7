// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "controller/ports/cgroup_births.h"
#include "controller/ports/result.h"

struct births_bpf;

namespace pagefare {

/// Cgroups made since open(), as a program at the kernel's tracepoint sees them: the last 16,384.
class BpfCgroupBirths final : public CgroupBirths {
 public:
  /// `hierarchy` is the number of the hierarchy that the ids belong to: 0 for v2, else as in
  /// /proc/PID/cgroup. Error: the kernel takes no such program.
  static Result<std::unique_ptr<BpfCgroupBirths>> open(int hierarchy);
  ~BpfCgroupBirths() override;

  std::optional<CgroupId> parent(CgroupId id) const override;

 private:
  struct Destroy {
    void operator()(births_bpf* skeleton) const;
  };
  explicit BpfCgroupBirths(births_bpf* skeleton);

  std::unique_ptr<births_bpf, Destroy> skeleton_;
};

}  // namespace pagefare
