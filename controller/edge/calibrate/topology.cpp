// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/calibrate/topology.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "controller/edge/machine_facts.h"
#include "controller/edge/text_file.h"

namespace pagefare::calibrate {

namespace {

constexpr int kMaxCacheIndex = 8;

std::vector<int> ids_in(const std::string& path) {
  const auto text = read_text_file(path);
  if (!text) return {};
  return parse_id_list(text->substr(0, text->find('\n'))).value_or(std::vector<int>{});
}

/// The CPUs that share the highest level of cache; the CPU alone where sysfs does not say.
int last_level_cache(const std::string& cpu_directory, int cpu) {
  int lowest = cpu;
  std::string highest;
  for (int index = 0; index < kMaxCacheIndex; ++index) {
    const std::string cache = cpu_directory + "/cache/index" + std::to_string(index);
    const auto level = read_text_file(cache + "/level");
    const std::vector<int> sharing = ids_in(cache + "/shared_cpu_list");
    if (level && !sharing.empty() && *level >= highest) {
      highest = *level;
      lowest = sharing.front();
    }
  }
  return lowest;
}

std::map<int, int> nodes_by_cpu(const Roots& roots) {
  std::map<int, int> nodes;
  const std::string base = roots.sys + "/devices/system/node";
  for (const int node : ids_in(base + "/online")) {
    for (const int cpu : ids_in(base + "/node" + std::to_string(node) + "/cpulist")) {
      nodes[cpu] = node;
    }
  }
  return nodes;
}

bool may_use(int cpu) {
  cpu_set_t* const set = CPU_ALLOC(static_cast<std::size_t>(cpu) + 4096);
  const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpu) + 4096);
  CPU_ZERO_S(size, set);
  const bool allowed =
      sched_getaffinity(0, size, set) != 0 || CPU_ISSET_S(static_cast<std::size_t>(cpu), size, set);
  CPU_FREE(set);
  return allowed;
}

}  // namespace

std::string_view name(Placement placement) {
  constexpr std::array<std::string_view, kPlacements> kNames{"fill", "spread", "node"};
  return kNames[static_cast<std::size_t>(placement)];
}

Result<std::vector<Cpu>> read_topology(const Roots& roots) {
  const std::string base = roots.sys + "/devices/system/cpu";
  const auto nodes = nodes_by_cpu(roots);
  std::vector<Cpu> cpus;
  for (const int number : ids_in(base + "/online")) {
    if (!may_use(number)) continue;
    const auto node = nodes.find(number);
    cpus.push_back({number, last_level_cache(base + "/cpu" + std::to_string(number), number),
                    node == nodes.end() ? 0 : node->second});
  }
  if (cpus.empty()) {
    return fail(base + "/online: names no CPU that this process may use; is sysfs mounted there?");
  }
  return cpus;
}

std::vector<int> order_of(const std::vector<Cpu>& cpus, Placement placement, int node) {
  std::vector<Cpu> order = cpus;
  const Cpu caller = cpus.front();
  std::map<int, int> used;  // CPUs of a cache that come before
  std::map<int, int> turn;
  for (const Cpu& cpu : cpus) turn[cpu.number] = used[cpu.cache]++;
  if (placement == Placement::kNode) {
    const auto elsewhere = [node](const Cpu& cpu) { return cpu.node != node; };
    if (!std::ranges::all_of(order, elsewhere)) std::erase_if(order, elsewhere);
  }
  std::ranges::stable_sort(order, {}, [&](const Cpu& cpu) {
    const bool other_cache = cpu.cache != caller.cache;
    const bool other_node = cpu.node != caller.node;
    return placement == Placement::kSpread ? std::tuple(turn[cpu.number], other_cache, other_node)
                                           : std::tuple(0, other_node, other_cache);
  });
  std::vector<int> numbers;
  numbers.reserve(order.size());
  for (const Cpu& cpu : order) numbers.push_back(cpu.number);
  return numbers;
}

}  // namespace pagefare::calibrate
