// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <map>

#include "bpf/abi.h"
#include "controller/edge/bpf/libbpf_log.h"
#include "pagefare.skel.h"

namespace pagefare {

namespace {

constexpr const char* kOpensCalls = "on_mm_migrate_pages_start";

bool is_worker_hook(const std::string& program) {
  return program.starts_with("on_workqueue_");
}

bool is_dma_hook(const std::string& program) {
  return program.starts_with("on_dma_");
}

void set_constants(pagefare_bpf& skeleton, const ProgramConstants& constants, bool portable) {
  auto& cfg = *skeleton.rodata;
  cfg.cfg_generation = constants.generation;
  cfg.cfg_page_shift = static_cast<std::uint32_t>(std::countr_zero(constants.page_size));
  cfg.cfg_nodes_shift = 64 - constants.node_bits;
  cfg.cfg_nodes_mask = (std::uint64_t{1} << constants.node_bits) - 1;
  if (constants.node_bits == 0) cfg.cfg_nodes_shift = 0;
  cfg.cfg_memory_on_v2 = constants.memory_on_v2;
  cfg.cfg_large_split_arg = constants.large_split_argument;
  cfg.cfg_portable = portable;
  cfg.cfg_rdonly_cast = constants.rdonly_cast;
  cfg.cfg_one_node = constants.one_node;
  cfg.cfg_vmemmap = constants.vmemmap;
  cfg.cfg_struct_page_size = constants.struct_page_size;
  cfg.cfg_pte_pfn_mask = constants.layout.address_mask;
  cfg.cfg_pte_high_mask = constants.layout.high_mask;
  cfg.cfg_pte_high_shift = constants.layout.high_shift;
  cfg.cfg_pte_present_mask = constants.layout.inverted_unless;
  cfg.cfg_pmd_order = constants.pmd_order;
}

/// Where the kernel lacks a function that we can do without, libbpf looks for it in the modules'
/// BTF, and before 1.5 refuses the whole object if it may not look (without CAP_SYS_ADMIN). It
/// looks once: a search that is allowed to fail, for a function that nobody has, comes first.
void search_modules_once(pagefare_bpf& skeleton) {
  (void)bpf_program__set_attach_target(skeleton.progs.on_mm_migrate_pages_start, 0,
                                       "pagefare_function_that_nobody_has");
}

Result<void> choose_programs(pagefare_bpf& skeleton, const HookPlan& plan) {
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton.obj) {
    const PlannedProgram* planned = plan.find(bpf_program__name(program));
    const bool load = planned != nullptr && planned->load;
    bpf_program__set_autoload(program, load);
    if (load && !planned->function.empty() &&
        bpf_program__set_attach_target(program, 0, planned->function.c_str()) != 0) {
      return fail(planned->hook + ": " + last_libbpf_message());
    }
  }
  return {};
}

bool is_counter(const bpf_map* map) {
  return !bpf_map__is_internal(map);
}

Result<void> take_over_maps(pagefare_bpf& skeleton, const Programs& previous) {
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, skeleton.obj) {
    if (!is_counter(map)) continue;
    if (bpf_map__reuse_fd(map, previous.map_fd(bpf_map__name(map))) != 0) {
      return fail(std::string("cannot take over map ") + bpf_map__name(map) + ": " +
                  last_libbpf_message());
    }
  }
  return {};
}

}  // namespace

struct Programs::Links {
  struct Destroy {
    void operator()(bpf_link* link) const { bpf_link__destroy(link); }
  };
  std::map<std::string, std::unique_ptr<bpf_link, Destroy>> by_program;
};

void Programs::Destroy::operator()(pagefare_bpf* skeleton) const {
  pagefare_bpf::destroy(skeleton);
}

Programs::Programs(pagefare_bpf* skeleton, HookPlan plan)
    : skeleton_(skeleton), plan_(std::move(plan)), links_(std::make_unique<Links>()) {}
Programs::Programs(Programs&&) noexcept = default;
Programs& Programs::operator=(Programs&&) noexcept = default;
Programs::~Programs() {
  if (links_) links_->by_program.erase(kOpensCalls);  // first, as it was attached last
}

Result<Programs> Programs::load(const HookPlan& plan, const ProgramConstants& constants,
                                const Programs* previous) {
  Programs programs(pagefare_bpf::open(), plan);
  if (!programs.skeleton_) return fail("cannot open the BPF object: " + last_libbpf_message());
  bpf_map__set_max_entries(programs.skeleton_->maps.folios, constants.folio_entries);
  const PlannedProgram* portable = plan.find("on_remove_migration_pte");
  set_constants(*programs.skeleton_, constants, portable != nullptr && portable->load);
  if (!constants.rdonly_cast) search_modules_once(*programs.skeleton_);
  if (const auto chosen = choose_programs(*programs.skeleton_, plan); !chosen) {
    return tl::make_unexpected(chosen.error());
  }
  if (previous != nullptr) {
    if (const auto taken = take_over_maps(*programs.skeleton_, *previous); !taken) {
      return tl::make_unexpected(taken.error());
    }
  }
  if (const int error = pagefare_bpf::load(programs.skeleton_.get()); error != 0) {
    if (error == -EPERM) {
      return fail(
          "the kernel refuses BPF programs (EPERM); run as root, or with CAP_BPF, "
          "CAP_PERFMON and CAP_SYS_ADMIN");
    }
    return fail(std::string("cannot load the BPF programs (") + std::strerror(-error) +
                "): " + last_libbpf_message());
  }
  return programs;
}

Result<void> Programs::attach_one(const std::string& program) {
  if (links_->by_program.contains(program)) return {};
  const bpf_program* loaded = bpf_object__find_program_by_name(skeleton_->obj, program.c_str());
  bpf_link* link = bpf_program__attach(loaded);
  if (link == nullptr) {
    return fail("cannot attach " + program + " to " + bpf_program__section_name(loaded) + ": " +
                std::strerror(errno));
  }
  links_->by_program[program].reset(link);
  return {};
}

Result<void> Programs::attach() {
  for (const PlannedProgram& program : plan_.programs) {
    const bool waits = is_worker_hook(program.name) || is_dma_hook(program.name);
    if (!program.load || waits || program.name == kOpensCalls) continue;
    if (const auto attached = attach_one(program.name); !attached) return attached;
  }
  return attach_one(kOpensCalls);
}

Result<void> Programs::set_copy_workers(const std::vector<std::uint64_t>& addresses) {
  auto& bss = *skeleton_->bss;
  const auto places = std::min<std::size_t>(addresses.size(), std::size(bss.copy_workers));
  bool any = false;
  for (std::size_t i = 0; i < places; ++i) {
    bss.copy_workers[i] = addresses[i];
    any = any || addresses[i] != 0;
  }
  bss.nr_copy_workers = static_cast<std::uint32_t>(places);
  if (!any) {
    std::erase_if(links_->by_program,
                  [](const auto& entry) { return is_worker_hook(entry.first); });
    return {};
  }
  for (const PlannedProgram& program : plan_.programs) {
    if (!program.load || !is_worker_hook(program.name)) continue;
    if (const auto attached = attach_one(program.name); !attached) return attached;
  }
  return {};
}

Result<void> Programs::attach_kprobe(const char* program, const std::string& function,
                                     bool at_return) {
  const bpf_program* loaded = bpf_object__find_program_by_name(skeleton_->obj, program);
  bpf_link* link = bpf_program__attach_kprobe(loaded, at_return, function.c_str());
  if (link == nullptr) {
    return fail(std::string("cannot attach ") + program + " to " + function + ": " +
                std::strerror(errno));
  }
  links_->by_program[program].reset(link);
  return {};
}

Result<void> Programs::set_dma_function(const std::string& function, const char* program) {
  std::erase_if(links_->by_program, [](const auto& entry) { return is_dma_hook(entry.first); });
  const PlannedProgram* planned = plan_.find(kOnDmaDone);
  if (function.empty() || planned == nullptr || !planned->load) return {};
  if (const auto attached = attach_kprobe(program, function, false); !attached) return attached;
  auto attached = attach_kprobe(kOnDmaDone, function, true);
  if (!attached) links_->by_program.erase(program);  // batches without an end tell nothing
  return attached;
}

std::vector<ProgramStatus> Programs::status() const {
  std::vector<ProgramStatus> all;
  for (const PlannedProgram& planned : plan_.programs) {
    ProgramStatus status{.name = planned.name, .hook = planned.hook, .why = planned.why};
    status.attached = links_->by_program.contains(planned.name);
    if (planned.load && !status.attached) {
      status.why = is_dma_hook(planned.name)
                       ? "waits for a DMA copy function: this kernel has none now"
                       : "waits for a copy worker function: this kernel has none now";
    }
    const bpf_program* program =
        bpf_object__find_program_by_name(skeleton_->obj, planned.name.c_str());
    bpf_prog_info info{};
    __u32 length = sizeof info;
    if (planned.load && program != nullptr &&
        bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length) == 0) {
      status.runs = info.run_cnt;
      status.run_time = Nanoseconds(static_cast<std::int64_t>(info.run_time_ns));
      status.missed = info.recursion_misses;
    }
    all.push_back(std::move(status));
  }
  return all;
}

std::uint64_t Programs::missed_runs() const {
  std::uint64_t missed = 0;
  for (const ProgramStatus& program : status()) missed += program.missed;
  return missed;
}

int Programs::map_fd(const char* name) const {
  return bpf_object__find_map_fd_by_name(skeleton_->obj, name);
}

std::vector<std::string> Programs::map_names() const {
  std::vector<std::string> names;
  const bpf_map* map = nullptr;
  bpf_object__for_each_map(map, skeleton_->obj) {
    if (is_counter(map)) names.emplace_back(bpf_map__name(map));
  }
  return names;
}

}  // namespace pagefare
