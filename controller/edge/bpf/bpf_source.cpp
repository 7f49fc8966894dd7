// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/bpf_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "controller/edge/bpf/libbpf_log.h"
#include "controller/edge/bpf/self_move.h"
#include "controller/edge/bpf/trampoline_probe.h"
#include "controller/edge/bpf/vmemmap.h"
#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

/// So many pages moved without the owner hook firing prove it silent.
constexpr Pages kSilentAfter{64};
/// A module on its way out can refuse what is attached to it; a refusal that lasts is told.
constexpr int kAttemptsToTrace = 3;

struct DmaFunction {
  std::string_view name;
  const char* program;
};
/// Ours, the newest series' batch function, dcbm's copy function: at most one exists at a time.
constexpr std::array kDmaFunctions{DmaFunction{"pagefare_copy_dma", kOnDmaFolio},
                                   DmaFunction{"migrate_offload_batch_copy", kOnDmaList},
                                   DmaFunction{"folios_copy_dma", kOnDmaList}};

std::uint32_t pmd_order(const std::string& sys_root, std::uint32_t page_size) {
  const auto text = read_text_file(sys_root + "/kernel/mm/transparent_hugepage/hpage_pmd_size", 64);
  const std::uint64_t size = text ? std::strtoull(text->c_str(), nullptr, 10) : 0;
  std::uint32_t order = 0;
  while ((std::uint64_t{page_size} << order) < size) ++order;
  return order;
}

}  // namespace

Result<std::unique_ptr<BpfSource>> BpfSource::open(const BpfSettings& settings, Clock& clock) {
  capture_libbpf_log();
  std::unique_ptr<BpfSource> source(new BpfSource(settings, clock));
  if (settings.statistics) source->statistics_fd_ = bpf_enable_stats(BPF_STATS_RUN_TIME);
  if (const auto loaded = source->load(); !loaded) return tl::make_unexpected(loaded.error());
  source->modules_ = module_layout(settings.proc_root);
  source->find_offload();
  source->last_read_ = clock.monotonic();
  source->prove_owner_hook();
  return source;
}

BpfSource::~BpfSource() {
  if (statistics_fd_ >= 0) close(statistics_fd_);
}

void BpfSource::find_constants(const BtfFacts& facts) {
  constants_.page_size = settings_.page_size;
  constants_.node_bits = facts.node_bits();
  constants_.memory_on_v2 = settings_.memory_on_v2;
  constants_.large_split_argument = facts.tracepoint_args("mm_migrate_pages") >= 8;
  constants_.rdonly_cast = facts.has_function("bpf_rdonly_cast");
  constants_.one_node = settings_.nodes.size() == 1;
  constants_.pmd_order = pmd_order(settings_.sys_root, settings_.page_size);
  constants_.folio_entries = settings_.folio_entries;
  constants_.struct_page_size = facts.struct_page_size();
  constants_.layout = page_table_layout(settings_.page_size, settings_.max_pfn);
}

Result<void> BpfSource::load() {
  const auto facts = BtfFacts::read(settings_.sys_root);
  if (!facts) return tl::make_unexpected(facts.error());
  find_constants(*facts);

  HookFindings findings{
      .has_tracepoint = [&](const std::string& name) { return facts->has_tracepoint(name); },
      .trampoline = [&](const std::string& name) { return probe_trampoline(*facts, name); },
      .kprobes = std::filesystem::exists(settings_.sys_root + "/bus/event_source/devices/kprobe"),
      .no_page_array = {},
      .silent = silent_};
  auto plan = plan_hooks(findings, settings_.layer);
  if (plan && plan->layer == Layer::kPortable && constants_.vmemmap == 0) {
    const auto base = find_vmemmap(settings_.proc_root, constants_.struct_page_size);
    if (base) {
      constants_.vmemmap = *base;
    } else {
      findings.no_page_array = base.error().message;
      plan = plan_hooks(findings, settings_.layer);
    }
  }
  if (!plan) return tl::make_unexpected(plan.error());
  ++constants_.generation;
  auto programs = Programs::load(*plan, constants_, programs_ ? &*programs_ : nullptr);
  if (!programs) return tl::make_unexpected(programs.error());
  programs_.reset();  // never two sets at once: they would count twice
  programs_ = std::move(*programs);
  plan_ = std::move(*plan);
  if (const auto attached = programs_->attach(); !attached) return attached;
  if (counters_) {
    counters_->restart_missed_runs();
    return {};
  }
  auto counters = Counters::open(*programs_);
  if (!counters) return tl::make_unexpected(counters.error());
  counters_ = std::move(*counters);
  return {};
}

Result<Window> BpfSource::read() {
  Window window;
  const Nanoseconds now = clock_.monotonic();
  window.duration = now - last_read_;
  if (const auto read = counters_->read(*programs_, window); !read) {
    return tl::make_unexpected(read.error());
  }
  last_read_ = now;
  judge_owner_hook(window);
  follow_modules();
  return window;
}

/// A page of our own, moved between nodes, must be seen by the owner hook.
void BpfSource::prove_owner_hook() {
  while (plan_.layer == Layer::kPrecise && !proven_) {
    const auto moved = move_page_of_our_own(settings_.nodes);
    if (!moved) return;  // the first real migration will tell
    bool seen = false;
    const int fd = programs_->map_fd("folios");
    abi_folio_key key{};
    abi_folio_key next{};
    for (void* from = nullptr; bpf_map_get_next_key(fd, from, &next) == 0; from = &key) {
      key = next;
      seen = seen || key.owner != ABI_OWNER_UNSEEN;
    }
    if (seen) {
      proven_ = true;
      plan_.layer_why += "; proven by a page of our own moved " + *moved;
      return;
    }
    const std::string before = plan_.owner_program;
    replace_silent_hook();
    if (plan_.owner_program == before) return;
  }
}

void BpfSource::judge_owner_hook(const Window& window) {
  if (plan_.layer != Layer::kPrecise || proven_) return;
  for (const FolioEntry& entry : window.folios) {
    if (entry.owner.kind != Owner::Kind::kUnseen && entry.folios.value > 0) proven_ = true;
  }
  for (const CallEntry& entry : window.calls) unproven_pages_ += entry.pages_migrated;
  if (proven_) {
    plan_.layer_why += "; proven by the first migration";
  } else if (unproven_pages_ >= kSilentAfter) {
    replace_silent_hook();
  }
}

void BpfSource::replace_silent_hook() {
  const std::string silent = plan_.owner_program;
  silent_.insert(silent);
  unproven_pages_ = {};
  if (const auto loaded = load(); !loaded) {
    warnings_.push_back(
        silent + " does not fire, and nothing could take its place: " + loaded.error().message);
    return;
  }
  warnings_.push_back(silent +
                      " was attached but did not fire when folios moved; now: " + plan_.layer_why);
  trace_offload();
}

/// Finds the functions that copy for others, and traces them when that has changed.
void BpfSource::find_offload() {
  std::vector<std::string> names = settings_.copy_workers;
  for (const DmaFunction& function : kDmaFunctions) names.emplace_back(function.name);
  std::vector<KernelFunction> found = find_kernel_functions(names, settings_.sys_root);
  const auto dma = found.begin() + static_cast<std::ptrdiff_t>(settings_.copy_workers.size());
  const auto present =
      std::find_if(dma, found.end(), [](const KernelFunction& f) { return f.address != 0; });
  const KernelFunction dma_function = present == found.end() ? KernelFunction{} : *present;
  found.erase(dma, found.end());
  if (attempts_left_ == 0 && found == copy_workers_ && dma_function == dma_function_) return;
  if (attempts_left_ == 0) attempts_left_ = kAttemptsToTrace;
  copy_workers_ = std::move(found);
  dma_function_ = dma_function;
  trace_offload();
}

void BpfSource::trace_offload() {
  std::string refusal;
  std::vector<std::uint64_t> addresses;
  addresses.reserve(copy_workers_.size());
  for (const KernelFunction& worker : copy_workers_) addresses.push_back(worker.address);
  if (const auto set = programs_->set_copy_workers(addresses); !set) {
    refusal = "copy workers are not traced: " + set.error().message;
  }
  const auto kind =
      std::ranges::find(kDmaFunctions, std::string_view(dma_function_.name), &DmaFunction::name);
  const char* program = kind == kDmaFunctions.end() ? "" : kind->program;
  if (const auto set = programs_->set_dma_function(dma_function_.name, program); !set) {
    refusal = "DMA batches are not traced: " + set.error().message;
  }
  attempts_left_ = refusal.empty() ? 0 : std::max(attempts_left_ - 1, 0);
  if (!refusal.empty() && attempts_left_ == 0) warnings_.push_back(refusal);
}

/// Modules bring and take the functions that copy for others.
void BpfSource::follow_modules() {
  std::string now = module_layout(settings_.proc_root);
  const bool changed = now != modules_;
  modules_ = std::move(now);
  const auto gone = [&](const KernelFunction& f) { return has_gone(f, settings_.sys_root); };
  if (changed || attempts_left_ > 0 || gone(dma_function_) ||
      std::ranges::any_of(copy_workers_, gone)) {
    find_offload();
  }
}

MapStatus BpfSource::map_status(const std::string& name) const {
  MapStatus status{.name = name, .entries = counters_->entries(name)};
  bpf_map_info info{};
  __u32 length = sizeof info;
  const int fd = programs_->map_fd(name.c_str());
  if (bpf_obj_get_info_by_fd(fd, &info, &length) == 0) status.max_entries = info.max_entries;
  const auto text =
      read_text_file(settings_.proc_root + "/self/fdinfo/" + std::to_string(fd), 4096);
  const auto at = text ? text->find("memlock:") : std::string::npos;
  if (at != std::string::npos) {
    status.memory = {std::strtoull(text->c_str() + at + std::strlen("memlock:"), nullptr, 10)};
  }
  return status;
}

SourceStatus BpfSource::status() {
  SourceStatus status{.layer = plan_.layer,
                      .layer_why = plan_.layer_why,
                      .programs = programs_->status(),
                      .maps = {},
                      .warnings = warnings_};
  if (plan_.layer == Layer::kPrecise && !proven_) {
    status.layer_why += "; not proven yet: nothing has migrated";
  }
  for (const std::string& name : programs_->map_names()) status.maps.push_back(map_status(name));
  return status;
}

void BpfSource::forget(const std::vector<CgroupId>& ids) {
  counters_->forget(ids);
}

}  // namespace pagefare
