// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/edge/roots.h"
#include "controller/ports/result.h"

namespace pagefare {

/// A capability that pagefare has a use for, and whether this process has it.
struct CapabilityFact {
  std::string_view name;    ///< "CAP_BPF"
  std::string_view reason;  ///< what it is needed for, one line
  bool effective = false;
};

/// What does not change while the machine runs, or only by a hotplug. What could not be read is
/// empty; `problems` says why, a sentence each.
struct MachineFacts {
  std::uint32_t page_size = 0;            ///< bytes
  std::string kernel_release;             ///< "6.12.0-1-amd64"
  std::vector<NodeId> online_nodes;       ///< {0} on a kernel without NUMA
  std::vector<NodeId> nodes_with_memory;  ///< likewise
  std::uint32_t possible_cpus = 0;        ///< what per-CPU maps are sized by
  bool kernel_btf = false;
  bool modules_supported = false;
  std::optional<std::string> lockdown;  ///< "none", "integrity", "confidentiality"
  std::uint64_t pfn_end = 0;            ///< one past the highest page frame of any zone
  std::vector<CapabilityFact> capabilities;
  std::vector<std::string> problems;
};

MachineFacts read_machine_facts(const Roots& roots);

/// "0-3,8" as in sysfs; an empty list is fine. Error: anything else, or an id above 65535.
Result<std::vector<int>> parse_id_list(std::string_view text);

}  // namespace pagefare
