// SPDX-License-Identifier: Apache-2.0
// The event source on the real kernel: chooses hooks, loads them, reads the counters, and changes
// hooks when one turns out to be silent or a module with copy workers comes or goes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/edge/bpf/counters.h"
#include "controller/edge/bpf/hook_plan.h"
#include "controller/edge/bpf/kernel_functions.h"
#include "controller/edge/bpf/programs.h"
#include "controller/ports/clock.h"
#include "controller/ports/event_source.h"

namespace pagefare {

struct BpfSettings {
  std::string proc_root = "/proc";
  std::string sys_root = "/sys";
  LayerWish layer = LayerWish::kAuto;
  bool memory_on_v2 = true;
  std::uint32_t page_size = 4096;
  std::uint64_t max_pfn = 0;        ///< highest page frame of the machine
  std::vector<std::int16_t> nodes;  ///< online nodes with memory
  std::vector<std::string> copy_workers;
  std::uint32_t folio_entries = 65536;  ///< places in the map of (owner, initiator, class, way)
  bool statistics = false;              ///< let the kernel time every BPF program of the host
};

class BpfSource final : public EventSource {
 public:
  /// Loads and attaches. Error: names what is missing and the remedy.
  static Result<std::unique_ptr<BpfSource>> open(const BpfSettings& settings, Clock& clock);
  ~BpfSource() override;

  Result<Window> read() override;
  SourceStatus status() override;
  void forget(const std::vector<CgroupId>& ids) override;

 private:
  BpfSource(BpfSettings settings, Clock& clock) : settings_(std::move(settings)), clock_(clock) {}

  Result<void> load();
  void find_constants(const BtfFacts& facts);
  void prove_owner_hook();
  void judge_owner_hook(const Window& window);
  void replace_silent_hook();
  void follow_modules();
  void find_offload();
  void trace_offload();
  MapStatus map_status(const std::string& name) const;

  BpfSettings settings_;
  Clock& clock_;
  HookPlan plan_;
  ProgramConstants constants_;
  std::optional<Programs> programs_;
  std::optional<Counters> counters_;
  Nanoseconds last_read_{};
  std::set<std::string> silent_;
  bool proven_ = false;
  Pages unproven_pages_;
  std::string modules_;
  std::vector<KernelFunction> copy_workers_;
  KernelFunction dma_function_;
  int attempts_left_ = 0;  ///< to trace what the last attempt could not
  std::vector<std::string> warnings_;
  int statistics_fd_ = -1;
};

}  // namespace pagefare
