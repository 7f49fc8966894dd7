// SPDX-License-Identifier: Apache-2.0
// The demo's cast on its stage: the processes in their cgroups, and the steps they play.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/demo/demo.h"
#include "controller/demo/demo_cgroups.h"
#include "controller/demo/frame_snapshot.h"
#include "controller/demo/worker.h"

namespace pagefare::demo {

inline constexpr const char* kCompactor = "compactor";
inline constexpr const char* kMover = "mover";
inline constexpr const char* kKernelWorker = "kworker";

/// The tenants' sizes, scaled down together where they exceed 40 % of the available memory.
std::vector<TenantSize> fit_to_memory(std::vector<TenantSize> tenants, Bytes available);

class Stage {
 public:
  Stage(const DemoSettings& settings, const DemoCgroups& cgroups, std::vector<int> nodes)
      : settings_(settings), cgroups_(cgroups), nodes_(std::move(nodes)) {}

  /// Starts everybody, each in a cgroup of the same name, and fills the tenants' memory.
  Result<void> set_up(const std::vector<TenantSize>& tenants);

  /// Every tenant fragments its memory, then the compactor compacts.
  Result<DemoStep> compact(std::uint64_t round);

  /// The ways to move memory between nodes that can be played here: none on one node.
  std::vector<DemoAction> node_actions(bool with_cpuset) const;
  /// One of them. The tenant that is moved changes with the action and the round.
  Result<DemoStep> move_between_nodes(DemoAction action, std::uint64_t round);

 private:
  struct Tenant {
    std::string name;
    Worker worker;
    MemoryRange all;
    MemoryRange whole;
  };

  Result<Worker> admit_worker(const std::string& name) const;
  Result<Answer> order(const Worker& worker, const Order& order) const;
  Result<void> fragment(std::uint64_t round) const;
  Result<std::vector<FrameSnapshot>> frames() const;
  std::vector<OwnerMove> compare(const std::vector<FrameSnapshot>& before,
                                 const std::vector<FrameSnapshot>& after) const;
  Result<void> ask_for_move(DemoAction action, const Tenant& tenant, int from, int target) const;
  Result<void> change_cpuset(const Tenant& tenant, int from, int target) const;

  const DemoSettings& settings_;
  const DemoCgroups& cgroups_;
  std::vector<int> nodes_;
  bool held_up_ = true;  ///< dirty page cache may be stopping compaction
  std::vector<Tenant> tenants_;
  std::optional<Worker> compactor_;
  std::optional<Worker> mover_;
};

}  // namespace pagefare::demo
