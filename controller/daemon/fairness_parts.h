// SPDX-License-Identifier: Apache-2.0
// What fairness needs beside the levers, plugged together.
#pragma once

#include <memory>
#include <string>

#include "controller/edge/bpf/bpf_cgroup_births.h"
#include "controller/edge/config.h"
#include "controller/edge/fair_store.h"
#include "controller/edge/proc_cpu_meter.h"
#include "controller/edge/roots.h"
#include "controller/loop/fairness.h"

namespace pagefare {

class FairnessParts {
 public:
  /// `levers` may be null: nothing is enforced. All others must outlive the parts.
  FairnessParts(const Config& config, const Roots& roots, CgroupNames& names, Clock& clock,
                Levers* levers, const std::string& state_directory);
  FairnessParts(const FairnessParts&) = delete;
  FairnessParts& operator=(const FairnessParts&) = delete;
  /// What was told to the levers is taken back, what is known is saved.
  ~FairnessParts() { fairness_.stop(); }

  Fairness& fairness() { return fairness_; }

 private:
  FairStore store_;
  ProcCpuMeter cpus_;
  std::unique_ptr<BpfCgroupBirths> births_;  // null where the kernel takes no such program
  Fairness fairness_;
};

}  // namespace pagefare
