// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/overhead/program_times.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "controller/edge/file_descriptor.h"

namespace pagefare::bench {
namespace {

struct Times {
  std::string name;
  std::uint64_t runs = 0;
  std::uint64_t ns = 0;
};

/// By program id, of every program in the kernel.
std::map<std::uint32_t, Times> all_times() {
  std::map<std::uint32_t, Times> all;
  for (std::uint32_t id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
    const FileDescriptor program(bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    __u32 length = sizeof info;
    if (!program.is_open() || bpf_obj_get_info_by_fd(program.get(), &info, &length) != 0) continue;
    all[id] = {info.name, info.run_cnt, info.run_time_ns};
  }
  return all;
}

Result<std::vector<ProgramTime>> measure(const Variant& variant, const Load& load) {
  const auto old = all_times();
  auto watcher = variant.start();
  if (!watcher) return tl::make_unexpected(watcher.error());
  const auto before = all_times();
  const auto work = load.run();
  const auto after = all_times();
  if (!work) return tl::make_unexpected(work.error());
  if (const auto stopped = (*watcher)->stop(); !stopped) {
    return tl::make_unexpected(stopped.error());
  }
  std::vector<ProgramTime> times;
  for (const auto& [id, now] : after) {
    if (old.contains(id)) continue;
    const auto found = before.find(id);
    const Times then = found == before.end() ? Times{} : found->second;
    const std::uint64_t runs = now.runs - then.runs;
    if (runs == 0) continue;
    times.push_back(
        {.variant = variant.name,
         .program = now.name,
         .runs = runs,
         .runs_per_unit = static_cast<double>(runs) / static_cast<double>(work->units),
         .ns_per_run = static_cast<double>(now.ns - then.ns) / static_cast<double>(runs)});
  }
  return times;
}

}  // namespace

Result<std::vector<ProgramTime>> measure_programs(const std::vector<Variant>& variants,
                                                  const Load& load) {
  const FileDescriptor statistics(bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!statistics.is_open()) {
    return fail(std::string("cannot let the kernel time BPF programs: ") + std::strerror(errno));
  }
  std::vector<ProgramTime> all;
  for (const Variant& variant : variants) {
    if (!variant.start || !variant.missing.empty()) continue;
    const auto times = measure(variant, load);
    if (!times) return fail(variant.name, times.error());
    all.insert(all.end(), times->begin(), times->end());
  }
  return all;
}

std::size_t tracing_links() {
  std::size_t links = 0;
  for (std::uint32_t id = 0; bpf_link_get_next_id(id, &id) == 0;) {
    const FileDescriptor link(bpf_link_get_fd_by_id(id));
    bpf_link_info info{};
    __u32 length = sizeof info;
    if (!link.is_open() || bpf_obj_get_info_by_fd(link.get(), &info, &length) != 0) continue;
    if (info.type == BPF_LINK_TYPE_TRACING || info.type == BPF_LINK_TYPE_RAW_TRACEPOINT) ++links;
  }
  return links;
}

}  // namespace pagefare::bench
