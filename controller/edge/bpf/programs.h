// SPDX-License-Identifier: Apache-2.0
// Our BPF object, loaded and attached as a plan says.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "controller/core/snapshot.h"
#include "controller/edge/bpf/btf_facts.h"
#include "controller/edge/bpf/hook_plan.h"
#include "controller/edge/bpf/page_table_layout.h"
#include "controller/ports/result.h"

struct pagefare_bpf;
struct bpf_link;
struct bpf_map;

namespace pagefare {

/// Frozen into the programs when they are loaded: see bpf/settings.h.
struct ProgramConstants {
  std::uint32_t generation = 0;  ///< counts the loadings of one process
  std::uint32_t page_size = 0;
  std::uint32_t node_bits = 0;
  bool memory_on_v2 = true;
  bool large_split_argument = false;
  bool rdonly_cast = false;
  bool one_node = false;
  std::uint32_t pmd_order = 0;
  std::uint32_t folio_entries = 65536;
  std::uint64_t vmemmap = 0;
  std::uint64_t struct_page_size = 0;
  PageTableLayout layout;
};

class Programs {
 public:
  /// Loads what the plan says, without attaching. Maps are taken over from `previous` when given,
  /// so that nothing counted is lost when the hooks change.
  static Result<Programs> load(const HookPlan& plan, const ProgramConstants& constants,
                               const Programs* previous);

  Programs(Programs&&) noexcept;
  Programs& operator=(Programs&&) noexcept;
  ~Programs();

  /// Attaches everything loaded but what waits for the calls below; what opens a call comes last,
  /// so that no call is opened whose end could be missed.
  Result<void> attach();

  /// Which work functions count as copy workers, at most 16 addresses; 0 keeps a place free. The
  /// hooks are attached only while there is one, since they fire for every work item of the host.
  Result<void> set_copy_workers(const std::vector<std::uint64_t>& addresses);

  /// The function that hands folios to a DMA engine, and the program for its kind of arguments
  /// (kOnDmaFolio, kOnDmaList). Empty: there is none now.
  Result<void> set_dma_function(const std::string& function, const char* program);

  std::vector<ProgramStatus> status() const;
  std::uint64_t missed_runs() const;

  int map_fd(const char* name) const;
  std::vector<std::string> map_names() const;

 private:
  struct Links;
  explicit Programs(pagefare_bpf* skeleton, HookPlan plan);
  Result<void> attach_one(const std::string& program);
  Result<void> attach_kprobe(const char* program, const std::string& function, bool at_return);

  struct Destroy {
    void operator()(pagefare_bpf* skeleton) const;
  };
  std::unique_ptr<pagefare_bpf, Destroy> skeleton_;
  HookPlan plan_;
  std::unique_ptr<Links> links_;
};

}  // namespace pagefare
