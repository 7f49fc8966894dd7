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
  last_missed_ = 0;
  return maps_ ? Result<void>{} : open_maps();
}

Result<void> BpfSource::open_maps() {
  auto calls = CounterMap<abi_call_key, abi_call_value>::open(programs_->map_fd("calls"));
  auto folios = CounterMap<abi_folio_key, abi_folio_value>::open(programs_->map_fd("folios"));
  auto workers = CounterMap<abi_worker_key, abi_worker_value>::open(programs_->map_fd("workers"));
  auto dma = CounterMap<abi_dma_key, abi_dma_value>::open(programs_->map_fd("dma"));
  if (!calls) return tl::make_unexpected(calls.error());
  if (!folios) return tl::make_unexpected(folios.error());
  if (!workers) return tl::make_unexpected(workers.error());
  if (!dma) return tl::make_unexpected(dma.error());
  maps_ = Maps{std::move(*calls), std::move(*folios), std::move(*workers), std::move(*dma)};
  return {};
}

namespace {

template <typename Map, typename Entries>
Result<void> append(Map& map, Entries& entries, std::uint64_t& refused,
                    std::uint8_t (*kind)(const typename Map::Entry&)) {
  auto added = map.read();
  if (!added) return tl::make_unexpected(added.error());
  entries.reserve(added->size());
  for (const auto& entry : *added) {
    if (is_refused(kind(entry))) {
      ++refused;
    } else {
      entries.push_back(to_entry(entry.key, entry.added));
    }
  }
  return {};
}

std::uint8_t kind_of(const auto& entry) {
  return entry.key.kind;
}

}  // namespace

Result<void> BpfSource::read_entries(Window& window) {
  std::uint64_t& refused = window.losses.refused_records;
  if (auto r = append(maps_->calls, window.calls, refused, kind_of); !r) return r;
  if (auto r = append(maps_->folios, window.folios, refused, kind_of); !r) return r;
  if (auto r = append(maps_->workers, window.workers, refused, kind_of); !r) return r;
  return append(maps_->dma, window.dma, refused, kind_of);
}

Result<void> BpfSource::read_losses(Window& window) {
  const int fd = programs_->map_fd("losses");
  std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  LossCounts added{};
  for (std::uint32_t i = 0; i < ABI_LOSSES; ++i) {
    if (bpf_map_lookup_elem(fd, &i, per_cpu.data()) != 0) {
      return fail(std::string("cannot read the losses: ") + std::strerror(errno));
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t count : per_cpu) sum += count;
    added[i] = sum - last_losses_[i];
    last_losses_[i] = sum;
  }
  const std::uint64_t refused = window.losses.refused_records;
  window.losses = to_losses(added);
  window.losses.refused_records = refused;
  const std::uint64_t missed = programs_->missed_runs();
  window.losses.missed_runs = missed - std::min(missed, last_missed_);
  last_missed_ = missed;
  return {};
}

Result<Window> BpfSource::read() {
  Window window;
  const Nanoseconds now = clock_.monotonic();
  window.duration = now - last_read_;
  if (const auto read = read_entries(window); !read) return tl::make_unexpected(read.error());
  if (const auto read = read_losses(window); !read) return tl::make_unexpected(read.error());
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
  std::vector<KernelFunction> found = find_kernel_functions(names);
  const auto dma = found.begin() + static_cast<std::ptrdiff_t>(settings_.copy_workers.size());
  const auto present =
      std::find_if(dma, found.end(), [](const KernelFunction& f) { return f.address != 0; });
  const KernelFunction dma_function = present == found.end() ? KernelFunction{} : *present;
  found.erase(dma, found.end());
  if (found == copy_workers_ && dma_function == dma_function_) return;
  copy_workers_ = std::move(found);
  dma_function_ = dma_function;
  trace_offload();
}

void BpfSource::trace_offload() {
  std::vector<std::uint64_t> addresses;
  addresses.reserve(copy_workers_.size());
  for (const KernelFunction& worker : copy_workers_) addresses.push_back(worker.address);
  if (const auto set = programs_->set_copy_workers(addresses); !set) {
    warnings_.push_back("copy workers are not traced: " + set.error().message);
  }
  const auto kind =
      std::ranges::find(kDmaFunctions, std::string_view(dma_function_.name), &DmaFunction::name);
  const char* program = kind == kDmaFunctions.end() ? "" : kind->program;
  if (const auto set = programs_->set_dma_function(dma_function_.name, program); !set) {
    warnings_.push_back("DMA batches are not traced: " + set.error().message);
  }
}

/// Modules bring and take the functions that copy for others.
void BpfSource::follow_modules() {
  std::string now = module_layout(settings_.proc_root);
  if (now == modules_) return;
  modules_ = std::move(now);
  find_offload();
}

MapStatus BpfSource::map_status(const std::string& name) const {
  MapStatus status{.name = name};
  bpf_map_info info{};
  __u32 length = sizeof info;
  const int fd = programs_->map_fd(name.c_str());
  if (bpf_obj_get_info_by_fd(fd, &info, &length) == 0) status.max_entries = info.max_entries;
  if (name == "calls") status.entries = maps_->calls.size();
  if (name == "folios") status.entries = maps_->folios.size();
  if (name == "workers") status.entries = maps_->workers.size();
  if (name == "dma") status.entries = maps_->dma.size();
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
  const std::set<std::uint64_t> gone = [&] {
    std::set<std::uint64_t> values;
    for (const CgroupId id : ids) values.insert(id.value);
    return values;
  }();
  if (gone.empty()) return;
  const auto is_gone = [&](std::uint64_t id) { return gone.contains(id); };
  maps_->calls.remove_if([&](const auto& key) { return is_gone(key.initiator); });
  maps_->folios.remove_if(
      [&](const auto& key) { return is_gone(key.initiator) || is_gone(key.owner); });
  maps_->workers.remove_if(
      [&](const auto& key) { return is_gone(key.initiator) || is_gone(key.owner); });
  maps_->dma.remove_if(
      [&](const auto& key) { return is_gone(key.initiator) || is_gone(key.owner); });
}

}  // namespace pagefare
