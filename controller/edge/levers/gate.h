// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "controller/core/quantity.h"
#include "controller/edge/roots.h"
#include "controller/ports/result.h"

struct gate_bpf;

namespace pagefare {

/// Refuses move_pages(2) of another process and migrate_pages(2) to the tasks of a cgroup and those
/// below it, with EAGAIN, decided in the kernel. Lives as long as the value: nothing is pinned.
/// Ids are those of the hierarchy with the memory controller.
class Gate {
 public:
  /// Why this kernel can have no gate, with the remedy; empty where nothing speaks against one.
  /// Attaches nothing; loads a program of two instructions for a moment.
  static std::string why_not(const Roots& roots);

  /// Loads and attaches the program, then makes one call that it must see.
  /// Error: the kernel refuses it, or never asks it (BPF is not among its security modules).
  static Result<Gate> open(bool memory_on_v2);

  Gate(Gate&&) noexcept;
  Gate& operator=(Gate&&) noexcept;
  ~Gate();

  /// Gates a cgroup until `how_long` from now, or prolongs it. It opens by itself then.
  Result<void> shut(CgroupId cgroup, Nanoseconds how_long);
  /// Opens it now. Nothing happens if it was not shut.
  Result<void> release(CgroupId cgroup);
  /// Calls refused because of this entry since it was first shut; 0 for any other.
  std::uint64_t refused(CgroupId cgroup) const;
  /// Forgets the count of a cgroup that is gone.
  void forget(CgroupId cgroup);

 private:
  explicit Gate(gate_bpf* skeleton);
  Result<void> prove();

  struct Destroy {
    void operator()(gate_bpf* skeleton) const;
  };
  std::unique_ptr<gate_bpf, Destroy> skeleton_;
};

}  // namespace pagefare
