// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

  struct Terms {
    Nanoseconds how_long{};              ///< from now; it opens by itself then
    Nanoseconds shut_for{};              ///< from now: nothing is let through so long
    std::optional<std::uint64_t> calls;  ///< let through after that; nothing = all
  };
  struct Calls {
    std::uint64_t refused = 0;
    std::uint64_t admitted = 0;
  };

  /// Gates a cgroup on these terms, or replaces those that hold.
  Result<void> hold(CgroupId cgroup, const Terms& terms);
  /// Lets nothing through until `how_long` from now.
  Result<void> shut(CgroupId cgroup, Nanoseconds how_long);
  /// Opens it now. Nothing happens if it was not shut.
  Result<void> release(CgroupId cgroup);
  /// Calls that came by this entry since it first held; 0 for any other.
  Calls passed(CgroupId cgroup) const;
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
