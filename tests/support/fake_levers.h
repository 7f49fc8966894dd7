// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/ports/fair_memory.h"
#include "controller/ports/levers.h"

namespace pagefare::test {

/// Levers that remember what they were told and do as a test says.
class FakeLevers : public Levers {
 public:
  std::vector<fair::LeverCounts> gate_counts() override { return std::exchange(counts, {}); }
  Result<fair::LeverReport> apply(const fair::Restraints& restraints) override {
    told.push_back(restraints);
    if (failure) return fail(*failure);
    return report;
  }

  Result<void> release_all() override {
    ++releases;
    if (release_failure) return fail(*release_failure);
    return {};
  }

  std::vector<fair::LeverReach> reach() override {
    std::vector<fair::LeverReach> all;
    for (const auto lever :
         {fair::Action::kLimit, fair::Action::kRepay, fair::Action::kGate, fair::Action::kRate}) {
      all.push_back({.lever = lever, .available = lever != missing, .why = "as the test says"});
    }
    return all;
  }

  std::vector<fair::Restraints> told;
  fair::LeverReport report;
  std::vector<fair::LeverCounts> counts;  ///< of the gates, told once
  int releases = 0;
  std::optional<std::string> failure;
  std::optional<std::string> release_failure;
  std::optional<fair::Action> missing;
};

class FakeFairMemory : public FairMemory {
 public:
  Result<fair::Memory> load() override {
    if (load_failure) return fail(*load_failure);
    return kept;
  }
  Result<void> save(const fair::Memory& memory) override {
    ++saves;
    if (save_failure) return fail(*save_failure);
    kept = memory;
    return {};
  }

  fair::Memory kept;
  int saves = 0;
  std::optional<std::string> load_failure;
  std::optional<std::string> save_failure;
};

}  // namespace pagefare::test
